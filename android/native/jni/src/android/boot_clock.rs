//! The phone's clocks: how often it has booted, how long ago the last boot was, and the wall clock.

use std::sync::OnceLock;

use jni::objects::{JClass, JObject};
use jni::refs::Global;
use jni::{Env, JValue, jni_sig, jni_str};
use walletlock_core::Now;
use walletlock_core::platform::{Clock, PlatformFault};

use crate::java::{Fault, call, caught, class, int, object, static_object};

/// The system's clocks, and `Settings.Global.BOOT_COUNT` (API 24).
pub(crate) struct BootClock {
    settings: Global<JClass<'static>>,
    resolver: Global<JObject<'static>>,
    zones: Global<JClass<'static>>,
    /// The boot count. It is read once, because no process outlives its boot.
    boot: OnceLock<u32>,
}

impl BootClock {
    /// Keeps the content resolver of the application, not that of the Activity that happens to open the lock.
    pub(crate) fn new(env: &mut Env, context: JObject) -> Result<Self, Fault> {
        let signature = jni_sig!("()Landroid/content/Context;");
        let application = object(env, &context, jni_str!("getApplicationContext"), signature, &[])?;
        // It is null while the application object is being created.
        let context = if application.is_null() { context } else { application };
        let signature = jni_sig!("()Landroid/content/ContentResolver;");
        let resolver = object(env, &context, jni_str!("getContentResolver"), signature, &[])?;
        Ok(Self {
            settings: class(env, jni_str!("android/provider/Settings$Global"))?,
            resolver: env.new_global_ref(resolver)?,
            zones: class(env, jni_str!("java/util/TimeZone"))?,
            boot: OnceLock::new(),
        })
    }

    /// `None` if it cannot be read: without a boot count no session may live.
    fn boot_count(&self) -> Option<u32> {
        if let Some(count) = self.boot.get() {
            return Some(*count);
        }
        let count = call(|env| {
            let name = env.new_string("boot_count")?;
            let arguments = [JValue::Object(&self.resolver), JValue::Object(&name)];
            let signature = jni_sig!("(Landroid/content/ContentResolver;Ljava/lang/String;)I");
            let count = env.call_static_method(&self.settings, jni_str!("getInt"), signature, &arguments);
            caught(env, count.and_then(|count| count.i()))
        });
        let count = u32::try_from(count.ok()?).ok()?;
        Some(*self.boot.get_or_init(|| count))
    }
}

impl Clock for BootClock {
    fn now(&self) -> Result<Now, PlatformFault> {
        Ok(Now { boot: self.boot_count(), since_boot_ms: since_boot_ms()?, wall_ms: wall_ms() })
    }

    /// `TimeZone.getDefault().getOffset(wall_ms)`. It is asked for each time, because the person may travel.
    fn utc_offset_s(&self, wall_ms: i64) -> Result<i32, PlatformFault> {
        let offset_ms = call(|env| {
            let signature = jni_sig!("()Ljava/util/TimeZone;");
            let zone = static_object(env, &self.zones, jni_str!("getDefault"), signature, &[])?;
            int(env, &zone, jni_str!("getOffset"), jni_sig!("(J)I"), &[JValue::Long(wall_ms)])
        });
        Ok(offset_ms? / 1_000)
    }
}

/// The wall clock, in milliseconds since 1970. It may be wrong: it never decides whether the lock opens. 0 if it cannot
/// be read.
#[cfg(any(target_os = "android", target_os = "linux"))]
#[allow(clippy::useless_conversion, reason = "they have 32 bits on some phones")]
fn wall_ms() -> i64 {
    let mut read = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `read` is a local variable of the right type. Not std's clock, because that one panics if the system's
    // fails, and gives a time before 1970 only as an error.
    if unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut read) } != 0 {
        return 0;
    }
    let (seconds, nanoseconds) = (i64::from(read.tv_sec), i64::from(read.tv_nsec));
    ms_since_1970(seconds, nanoseconds, size_of_val(&read.tv_sec) == 4)
}

/// A 32-bit phone counts seconds up to January 2038 and then continues from December 1901. A time before 1970 on such a
/// phone is therefore taken for one after 2038.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn ms_since_1970(seconds: i64, nanoseconds: i64, is_of_32_bits: bool) -> i64 {
    let wrapped = if is_of_32_bits && seconds < 0 { 1 << 32 } else { 0 };
    (seconds + wrapped).saturating_mul(1_000).saturating_add(nanoseconds / 1_000_000)
}

/// `CLOCK_BOOTTIME`: like `SystemClock.elapsedRealtime()`, it also runs while the phone sleeps.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn since_boot_ms() -> Result<u64, PlatformFault> {
    let mut read = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `read` is a local variable of the right type.
    if unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut read) } != 0 {
        return Err(PlatformFault);
    }
    let seconds = u64::try_from(read.tv_sec).map_err(|_| PlatformFault)?;
    let nanoseconds = u64::try_from(read.tv_nsec).map_err(|_| PlatformFault)?;
    Ok(seconds * 1_000 + nanoseconds / 1_000_000)
}

/// On other systems only tests use the library, and they bring a clock of their own.
#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn wall_ms() -> i64 {
    0
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn since_boot_ms() -> Result<u64, PlatformFault> {
    Err(PlatformFault)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_32_bits_goes_on_after_2038_and_no_clock_is_refused() {
        let last_of_32_bits = i64::from(i32::MAX);
        for (seconds, is_of_32_bits, ms) in [
            (1_767_225_600, true, 1_767_225_600_007),
            (last_of_32_bits, true, last_of_32_bits * 1_000 + 7),
            (i64::from(i32::MIN), true, (last_of_32_bits + 1) * 1_000 + 7),
            (-1, true, (i64::from(u32::MAX)) * 1_000 + 7),
            (-1, false, -993),
            (i64::from(u32::MAX), false, i64::from(u32::MAX) * 1_000 + 7),
            (i64::MAX, false, i64::MAX),
            (i64::MIN, false, i64::MIN + 7),
        ] {
            assert_eq!(ms_since_1970(seconds, 7_999_999, is_of_32_bits), ms, "{seconds} s");
        }
        let std = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        assert!(wall_ms().abs_diff(i64::try_from(std.as_millis()).expect("in range")) < 60_000);
    }

    #[test]
    fn it_counts_from_the_boot_and_does_not_go_back() {
        let uptime = std::fs::read_to_string("/proc/uptime").expect("readable");
        let seconds: f64 = uptime.split(' ').next().and_then(|it| it.parse().ok()).expect("a number");
        let [first, second] = [since_boot_ms(), since_boot_ms()].map(|read| read.expect("readable"));
        assert!(first <= second);
        assert!((first as f64) >= (seconds - 1.0) * 1_000.0, "{first} ms, but up for {seconds} s");
        assert!((first as f64) < (seconds + 60.0) * 1_000.0, "{first} ms, but up for {seconds} s");
    }
}

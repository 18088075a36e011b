package dev.walletlock

import dev.walletlock.ffi.BiometricAnswer as ForeignAnswer
import dev.walletlock.ffi.Biometrics as ForeignBiometrics
import dev.walletlock.ffi.Clock as ForeignClock
import dev.walletlock.ffi.ClockReading as ForeignReading
import dev.walletlock.ffi.DeviceKey as ForeignDeviceKey
import dev.walletlock.ffi.DeviceKeyException as ForeignDeviceKeyException
import dev.walletlock.ffi.Entropy as ForeignEntropy
import dev.walletlock.ffi.KeyPurpose as ForeignPurpose
import dev.walletlock.ffi.PlatformException
import dev.walletlock.ffi.Prompt as ForeignPrompt
import dev.walletlock.ffi.SecurityLevel as ForeignLevel
import dev.walletlock.ffi.SensorAvailability as ForeignAvailability

// The platform's parts as the native side calls them over uniffi. Every Throwable is caught, errors of the VM included:
// JNA would print one that the generated code lets through, and give the native side an empty answer.

internal class NativeClock(private val clock: Clock) : ForeignClock {
    override fun now(): ForeignReading = answering {
        val reading = clock.now()
        ForeignReading(reading.bootCount, reading.sinceBootMs, reading.wallMs)
    }

    override fun utcOffsetS(wallMs: Long): Int = answering { clock.utcOffsetS(wallMs) }
}

internal class NativeEntropy(private val entropy: Entropy) : ForeignEntropy {
    override fun randomBytes(count: Int): ByteArray = answering { entropy.randomBytes(count) }
}

internal class NativeDeviceKey(private val key: DeviceKey) : ForeignDeviceKey {
    override fun aliases(prefix: String): List<String> = answeringWithKey { key.aliases(prefix).toList() }

    override fun exists(alias: String): Boolean = answeringWithKey { key.exists(alias) }

    override fun create(alias: String, purpose: ForeignPurpose) =
        answeringWithKey { key.create(alias, purpose.toPublic()) }

    override fun ready(alias: String) = answeringWithKey { key.ready(alias) }

    override fun hmac(alias: String, input: ByteArray): ByteArray = answeringWithKey { wiping(input) { key.hmac(alias, it) } }

    override fun delete(alias: String) = answeringWithKey { key.delete(alias) }

    override fun securityLevel(alias: String): ForeignLevel = answeringWithKey { key.securityLevel(alias).toNative() }

    override fun publicKey(alias: String): ByteArray = answeringWithKey { key.publicKey(alias) }

    override fun sign(alias: String, message: ByteArray): ByteArray = answeringWithKey { wiping(message) { key.sign(alias, it) } }

    private inline fun wiping(input: ByteArray, block: (ByteArray) -> ByteArray): ByteArray =
        try {
            block(input)
        } finally {
            input.fill(0)
        }
}

internal class NativeBiometrics(private val biometrics: Biometrics) : ForeignBiometrics {
    override fun availability(): ForeignAvailability = answering { biometrics.availability().toNative() }

    override fun show(prompt: ForeignPrompt, input: ByteArray, answer: ForeignAnswer) = answering {
        Prompts.show(biometrics, input, PromptAnswer(OverUniffi, OverUniffi.answer(answer), input)) { prompt }
    }

    override fun dismiss() = answering { biometrics.dismiss() }
}

internal inline fun <T> answering(block: () -> T): T =
    try {
        block()
    } catch (thrown: Throwable) {
        keepInterrupt(thrown)
        throw PlatformException.Failed()
    }

private inline fun <T> answeringWithKey(block: () -> T): T =
    try {
        block()
    } catch (thrown: DeviceKeyException) {
        throw when (thrown.fault) {
            DeviceKeyFault.GONE -> ForeignDeviceKeyException.Gone()
            DeviceKeyFault.BUSY -> ForeignDeviceKeyException.Busy()
            DeviceKeyFault.NO_HARDWARE -> ForeignDeviceKeyException.NoHardware()
            DeviceKeyFault.FAILED -> ForeignDeviceKeyException.Failed()
        }
    } catch (thrown: Throwable) {
        keepInterrupt(thrown)
        throw ForeignDeviceKeyException.Failed()
    }

internal fun keepInterrupt(thrown: Throwable) {
    if (thrown is InterruptedException) Thread.currentThread().interrupt()
}

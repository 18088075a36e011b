package com.example.wallet;

import static dev.walletlock.fakes.Fakes.pinOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.walletlock.DeviceKeyException;
import dev.walletlock.DeviceKeyFault;
import dev.walletlock.Enrolment;
import dev.walletlock.FromJava;
import dev.walletlock.LockStatus;
import dev.walletlock.NoVerdictCause;
import dev.walletlock.PinEntry;
import dev.walletlock.PinOutcome;
import dev.walletlock.Policy;
import dev.walletlock.WalletLock;
import dev.walletlock.fakes.FakePhone;
import java.io.File;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock used from Java, with the app's own policy. The test runs in real time and moves only the phone's clock. */
class LockFromJavaTest {
    private static final Policy POLICY = Policy.json(
        "{ \"name\": \"ours\","
            + " \"lockout\": { \"cooldowns\": [{ \"from\": 2, \"wait_s\": 60 }], \"lock_at\": 4 } }");

    private final FakePhone phone = new FakePhone();

    @TempDir
    private File folder;

    private WalletLock open() throws InterruptedException {
        return FromJava.blocking(c -> WalletLock.open(new File(folder, "wallet.db"), phone.getPlatform(), POLICY, c));
    }

    private static PinOutcome enter(WalletLock lock, String pin) throws InterruptedException {
        try (PinEntry entry = pinOf(pin)) {
            return FromJava.blocking(c -> lock.verifyPin(entry, c));
        }
    }

    @BeforeEach
    void someoneChoseAPin() throws InterruptedException {
        try (WalletLock lock = open(); PinEntry entry = pinOf("835179")) {
            Enrolment enrolment = FromJava.blocking(c -> lock.enrol(entry, c));
            assertInstanceOf(Enrolment.Enrolled.class, enrolment).getSession().close();
        }
    }

    @Test
    void aWaitIsWaitedOut() throws InterruptedException {
        try (WalletLock lock = open()) {
            assertInstanceOf(PinOutcome.Wrong.class, enter(lock, "264830"));
            PinOutcome.Wrong wrong = assertInstanceOf(PinOutcome.Wrong.class, enter(lock, "264831"));
            assertEquals(60_000, wrong.getCooldownMs());
            assertEquals(2, wrong.getTriesLeft());
            phone.getClock().advanceMs(59_999);
            LockStatus waiting = FromJava.blocking(c -> lock.refresh(c));
            assertEquals(1, assertInstanceOf(LockStatus.CoolingDown.class, waiting).getRemainingMs());
            phone.getClock().advanceMs(1);
            assertInstanceOf(PinOutcome.Right.class, enter(lock, "835179")).getSession().close();
        }
    }

    @Test
    void aKeystoreThatFailsLeavesNoVerdict() throws InterruptedException {
        try (WalletLock lock = open()) {
            phone.getDeviceKey().failNextHmac(new DeviceKeyException(DeviceKeyFault.BUSY));
            PinOutcome.NoVerdict outcome = assertInstanceOf(PinOutcome.NoVerdict.class, enter(lock, "835179"));
            assertEquals(new NoVerdictCause.DeviceKey(DeviceKeyFault.BUSY), outcome.getCause());
            assertEquals(new LockStatus.Ready(4), lock.getStatus().getValue(), "and costs no try");
        }
    }
}

package dev.walletlock.android;

import static dev.walletlock.fakes.Fakes.pinOf;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.app.Application;
import dev.walletlock.Enrolment;
import dev.walletlock.FromJava;
import dev.walletlock.LockStatus;
import dev.walletlock.PinEntry;
import dev.walletlock.Policy;
import dev.walletlock.Session;
import dev.walletlock.WalletLock;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/** The archive as a Java app uses it. */
@RunWith(RobolectricTestRunner.class)
public class FromJavaTest {
    @Rule
    public final OnPhone phone = new OnPhone();

    @Rule
    public final InKeystore keystore = new InKeystore();

    @Test
    public void aWalletIsOpenedAndLocksByItself() throws Exception {
        Application application = phone.getApplication();
        try (WalletLock lock = FromJava.blocking(c -> WalletLocks.open(application, c));
            AutoLock autoLock = AutoLock.start(application, lock, 0);
            PinEntry entry = pinOf("835179")) {
            Enrolment enrolment = FromJava.blocking(c -> lock.enrol(entry, c));
            Session session = ((Enrolment.Enrolled) enrolment).getSession();
            assertTrue(session.isLive());
            Sample.Companion.controller().pause().stop();
            assertFalse(session.isLive());
        }
        try (WalletLock other = FromJava.blocking(c -> WalletLocks.open(application, Policy.DEFAULT, "other", c))) {
            assertEquals(LockStatus.Unconfigured.INSTANCE, other.getStatus().getValue());
        }
    }
}

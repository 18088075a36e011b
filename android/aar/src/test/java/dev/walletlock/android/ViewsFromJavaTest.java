package dev.walletlock.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import dev.walletlock.LockStatus;
import dev.walletlock.PinOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/** The views and the lock screen as a Java app uses them. */
@RunWith(RobolectricTestRunner.class)
public final class ViewsFromJavaTest {
    private final List<String> heard = new ArrayList<>();

    @Test
    public void aPadIsBoundAndHeard() {
        try (TestWallet wallet = new TestWallet().enrol(TestWallet.RIGHT)) {
            Stage activity = Stage.Companion.shown();
            PinPadView pad = new PinPadView(activity);
            pad.setPinLength(6);
            pad.setShuffled(true);
            pad.bind(wallet.getLock());
            pad.setOnRefused(refusal -> heard.add("wrong " + ((PinOutcome.Wrong) refusal).getTriesLeft()));
            pad.setOnUnlocked(session -> {
                heard.add("open " + session.isLive());
                session.close();
            });
            activity.show(pad);
            TestWalletKt.enter(pad, TestWallet.WRONG);
            TestWalletKt.enter(pad, TestWallet.RIGHT);
            assertEquals(List.of("wrong 4", "open true"), heard);
        }
    }

    @Test
    public void theScreenIsToldItsLock() {
        try (TestWallet wallet = new TestWallet()) {
            Stage activity = Stage.Companion.shown();
            LockScreens.useLock((context, continuation) -> wallet.getLock());
            assertEquals(LockActivity.class.getName(), LockActivity.intent(activity).getComponent().getClassName());
            assertThrows(IllegalArgumentException.class, () -> LockScreens.usePinLength(3));
            LockedView locked = activity.show(new LockedView(activity));
            locked.setOnGoOn(() -> heard.add("on"));
            locked.show(LockStatus.Wiped.INSTANCE);
            for (android.view.View view : TestWalletKt.all(locked)) {
                if (view.isClickable()) view.performClick();
            }
            assertTrue(heard.contains("on"));
        }
    }
}

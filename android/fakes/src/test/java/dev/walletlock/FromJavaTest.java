package dev.walletlock;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.walletlock.fakes.FakeAccount;
import dev.walletlock.fakes.FakePaper;
import dev.walletlock.fakes.FakePhone;
import dev.walletlock.fakes.FakePost;
import dev.walletlock.fakes.FakeProvider;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock as a Java app sees it. Compiling this is half of the test. */
class FromJavaTest {
    private static final int[] RIGHT = {8, 3, 5, 1, 7, 9};
    private static final int[] WRONG = {2, 6, 4, 8, 3, 0};

    private final FakePhone phone = new FakePhone();

    @TempDir
    private File folder;

    private static PinEntry typed(int[] digits) {
        PinEntry entry = new PinEntry();
        for (int digit : digits) {
            assertTrue(entry.push(digit));
        }
        return entry;
    }

    @Test
    void oneLockForTheAppIsHandedFromFutureToFuture() throws Exception {
        File file = new File(folder, "wallet.db");
        CompletableFuture<WalletLock> opening =
            FromJava.future(c -> WalletLock.shared(file, phone.getPlatform(), c));
        CompletableFuture<LockStatus> status = opening.thenCompose(lock -> FromJava.<LockStatus>future(c -> lock.refresh(c)));
        assertEquals(LockStatus.Unconfigured.INSTANCE, status.get(1, TimeUnit.MINUTES));
        CompletableFuture<WalletLock> again =
            FromJava.future(c -> WalletLock.shared(file, phone.getPlatform(), c));
        try (WalletLock lock = opening.join()) {
            assertSame(lock, again.get(1, TimeUnit.MINUTES));
        }
    }

    private WalletLock open() throws InterruptedException {
        File file = new File(folder, "wallet.db");
        return FromJava.blocking(c -> WalletLock.open(file, phone.getPlatform(), c));
    }

    private static void enrol(WalletLock lock) throws InterruptedException {
        try (PinEntry entry = typed(RIGHT)) {
            Enrolment enrolment = FromJava.blocking(c -> lock.enrol(entry, c));
            ((Enrolment.Enrolled) enrolment).getSession().close();
        }
    }

    @Test
    void opensEnrolsVerifiesAndCloses() throws Exception {
        try (WalletLock lock = open(); PinEntry right = typed(RIGHT)) {
            assertEquals(LockStatus.Unconfigured.INSTANCE, lock.getStatus().getValue());
            enrol(lock);
            PinOutcome outcome = FromJava.blocking(c -> lock.verifyPin(right, c));
            try (Session session = assertInstanceOf(PinOutcome.Right.class, outcome).getSession()) {
                FromJava.blocking(c -> session.getVault().write("card-token", new byte[] {7}, c));
                byte[] token = FromJava.blocking(c -> session.getVault().read("card-token", c));
                assertArrayEquals(new byte[] {7}, token);
                byte[] nothing = FromJava.blocking(c -> session.getVault().read("nothing", c));
                assertEquals(null, nothing);
                JournalQuery written = new JournalQuery(10, null, Set.of(JournalKind.ITEM_WRITTEN));
                JournalPage page = FromJava.blocking(c -> session.getJournal().page(written, c));
                assertEquals(1, page.getEntries().size());
            }
            assertEquals(new LockStatus.Ready(16), lock.getStatus().getValue());
        }
    }

    @Test
    void aWrongPinIsAnOutcomeWithPlainNumbers() throws Exception {
        try (WalletLock lock = open(); PinEntry wrong = typed(WRONG)) {
            enrol(lock);
            CompletableFuture<PinOutcome> outcome = FromJava.future(c -> lock.verifyPin(wrong, c));
            PinOutcome.Wrong verdict = assertInstanceOf(PinOutcome.Wrong.class, outcome.get(1, TimeUnit.MINUTES));
            assertEquals(15, verdict.getTriesLeft());
            assertEquals(0L, verdict.getCooldownMs());
            assertFalse(verdict.getRepeated());
        }
    }

    @Test
    void aWipeNeedsNoPin() throws Exception {
        try (WalletLock lock = open()) {
            enrol(lock);
            assertEquals(RollbackProtection.ON, FromJava.blocking(c -> lock.rollbackProtection(c)));
            FromJava.blocking(c -> lock.wipe(c));
            assertEquals(LockStatus.Wiped.INSTANCE, lock.getStatus().getValue());
        }
    }

    @Test
    void aFaultIsAnUncheckedException() throws Exception {
        WalletLock lock = open();
        lock.close();
        assertThrows(LockException.Closed.class, () -> FromJava.blocking(c -> lock.policy(c)));
        CompletableFuture<Policy> policy = FromJava.future(c -> lock.policy(c));
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> policy.get(1, TimeUnit.MINUTES));
        assertInstanceOf(LockException.Closed.class, thrown.getCause());
        LockException.Policy fault =
            assertThrows(LockException.Policy.class, () -> Policy.json("{\"lockout\": {\"lock_at\": 0}}"));
        assertEquals("lockout.lock_at", fault.getField());
    }

    @Test
    void flowsAreCollectedOnAnExecutorUntilThatIsClosed() throws Exception {
        try (WalletLock lock = open(); PinEntry wrong = typed(WRONG)) {
            BlockingQueue<LockStatus> seen = new LinkedBlockingQueue<>();
            AutoCloseable watching = FromJava.collect(lock.getStatus(), Runnable::run, seen::add);
            assertEquals(LockStatus.Unconfigured.INSTANCE, seen.poll(1, TimeUnit.MINUTES));
            enrol(lock);
            assertEquals(new LockStatus.Ready(16), seen.poll(1, TimeUnit.MINUTES));
            watching.close();
            PinOutcome outcome = FromJava.blocking(c -> lock.verifyPin(wrong, c));
            assertInstanceOf(PinOutcome.Wrong.class, outcome);
            assertEquals(List.of(), List.copyOf(seen));
        }
    }

    @Test
    void nullInsteadOfAnAnswerIsAFault() throws Exception {
        File file = new File(folder, "null.db");
        List<String> withNull = new ArrayList<>(List.of("a"));
        withNull.set(0, null);
        for (List<String> aliases : Arrays.asList(null, withNull)) {
            DeviceKey key = new NullKey(phone.getDeviceKey()) {
                @Override
                public List<String> aliases(String prefix) {
                    return aliases;
                }
            };
            Platform platform = new Platform(phone.getClock(), key);
            try (WalletLock lock = FromJava.blocking(c -> WalletLock.open(file, platform, c))) {
                assertEquals(LockStatus.Busy.INSTANCE, lock.getStatus().getValue());
                assertThrows(LockException.DeviceKey.class, () -> enrol(lock));
            }
        }
        Platform noClock = new Platform(() -> null, phone.getDeviceKey());
        Platform noEntropy = new Platform(phone.getClock(), phone.getDeviceKey(), count -> null);
        for (Platform platform : List.of(noClock, noEntropy)) {
            assertThrows(
                LockException.Platform.class,
                () -> FromJava.blocking(c -> WalletLock.open(file, platform, c)));
        }
        NullKey key = new NullKey(phone.getDeviceKey());
        Platform platform = new Platform(phone.getClock(), key);
        try (WalletLock lock = FromJava.blocking(c -> WalletLock.open(file, platform, c))) {
            enrol(lock);
            assertThrows(LockException.DeviceKey.class, () -> FromJava.blocking(c -> lock.securityLevel(c)));
            key.hasNoHmac = true;
            try (PinEntry right = typed(RIGHT)) {
                PinOutcome outcome = FromJava.blocking(c -> lock.verifyPin(right, c));
                NoVerdictCause failed = new NoVerdictCause.DeviceKey(DeviceKeyFault.FAILED);
                assertEquals(new PinOutcome.NoVerdict(failed), outcome);
            }
            assertEquals(new LockStatus.Ready(16), lock.getStatus().getValue());
            key.hasNoHmac = false;
            try (PinEntry right = typed(RIGHT)) {
                PinOutcome outcome = FromJava.blocking(c -> lock.verifyPin(right, c));
                assertInstanceOf(PinOutcome.Right.class, outcome).getSession().close();
            }
        }
    }

    @Test
    void aFingerIsAskedForFromJava() throws Exception {
        try (WalletLock lock = open()) {
            enrol(lock);
            try (PinEntry right = typed(RIGHT)) {
                PinOutcome outcome = FromJava.blocking(c -> lock.verifyPin(right, c));
                try (Session session = assertInstanceOf(PinOutcome.Right.class, outcome).getSession()) {
                    CompletableFuture<BiometricChange> change = FromJava.future(c -> session.getAccess().enableBiometrics(c));
                    phone.getPerson().touches();
                    assertEquals(BiometricChange.Done.INSTANCE, change.get(30, TimeUnit.SECONDS));
                }
            }
            BiometricAvailability now = FromJava.blocking(c -> lock.biometricAvailability(c));
            assertEquals(BiometricAvailability.Available.INSTANCE, now);
            BiometricAvailability atRisk = FromJava.blocking(c -> lock.biometricAvailability(new BiometricRequest(true), c));
            assertEquals(new BiometricAvailability.Denied(BiometricDenial.RISK_RAISED), atRisk);
            CompletableFuture<BiometricOutcome> asking = FromJava.future(c -> lock.verifyBiometrics(BiometricRequest.UNLOCK, c));
            phone.getPerson().touches();
            BiometricOutcome outcome = asking.get(30, TimeUnit.SECONDS);
            assertInstanceOf(BiometricOutcome.Unlocked.class, outcome).getSession().close();
        }
    }

    @Test
    void aPaymentIsMadeFromJava() throws Exception {
        Clock clock = () -> phone.getClock().now();
        assertEquals(TimeZone.getDefault().getOffset(0) / 1000, clock.utcOffsetS(0));
        Policy policy = Policy.json(
            "{\"payment\":{\"limits\":[{\"scope\":\"all\",\"currency\":\"EUR\",\"per\":\"day\",\"max\":10000}]}}");
        File file = new File(folder, "wallet.db");
        WalletLock opened = FromJava.blocking(c -> WalletLock.open(file, phone.getPlatform(), policy, c));
        try (WalletLock lock = opened; PinEntry right = typed(RIGHT); PinEntry again = typed(RIGHT)) {
            enrol(lock);
            Payments payments = lock.getPayments();
            Payment payment = new Payment("order-1", new Money(1250, "EUR"), new Payee("Bakery", "bakery-7"));
            PaymentOutcome asked = FromJava.blocking(c -> payments.authorize(payment, c));
            PaymentRequest request = assertInstanceOf(PaymentOutcome.NeedsProof.class, asked).getRequest();
            assertEquals(List.of(ProofLevel.PIN), request.getAnyOf());
            PaymentOutcome outcome = FromJava.blocking(c -> payments.confirmPin(request, right, c));
            assertEquals("order-1", assertInstanceOf(PaymentOutcome.Approved.class, outcome).getAuthorisation().getPayment());
            PaymentState state = FromJava.blocking(c -> payments.captured("order-1", 1250, c));
            assertEquals(new PaymentState.Captured(1250), state);
            PinOutcome pin = FromJava.blocking(c -> lock.verifyPin(again, c));
            try (Session session = assertInstanceOf(PinOutcome.Right.class, pin).getSession()) {
                Limit limit = new Limit(LimitScope.All.INSTANCE, "EUR", LimitPeriod.DAY, 2000);
                LimitChange change = FromJava.blocking(c -> session.getLimits().set(limit, c));
                assertEquals(LimitChange.Set.INSTANCE, change);
                List<LimitState> all = FromJava.blocking(c -> session.getLimits().all(c));
                assertEquals(750, all.get(1).getLeft());
                FromJava.blocking(c -> payments.freeze(c));
                Unfreezing unfreezing = FromJava.blocking(c -> session.getAccess().unfreeze(c));
                assertEquals(Unfreezing.Done.INSTANCE, unfreezing);
            }
        }
    }

    @Test
    void aRecoveryCodeIsMadeAndEnteredFromJava() throws Exception {
        try (WalletLock lock = open(); PinEntry right = typed(RIGHT)) {
            Enrolment enrolment = FromJava.blocking(c -> lock.enrol(right, c));
            try (Session session = assertInstanceOf(Enrolment.Enrolled.class, enrolment).getSession();
                RecoveryCode code = FromJava.blocking(c -> session.getAccess().createRecoveryCode(c))) {
                FakePaper paper = new FakePaper(code);
                paper.confirm(code);
                RecoveryChange change = FromJava.blocking(c -> session.getAccess().setRecoveryCode(code, c));
                assertEquals(RecoveryChange.InForce.INSTANCE, change);
                assertEquals(6, code.<Integer>withText(1, digits -> digits.length));
                assertEquals(55, code.<Integer>withText(digits -> digits.length));
                try (CodeEntry entry = paper.entry()) {
                    CodeOutcome outcome = FromJava.blocking(c -> lock.getRecovery().enterCode(entry, c));
                    assertInstanceOf(CodeOutcome.Opened.class, outcome).getRescue().close();
                }
                try (CodeEntry slip = CodeEntry.ofGroup(1)) {
                    assertEquals(new CodeStep.Typing(1), slip.push(9));
                }
            }
            RecoveryStatus status = FromJava.blocking(c -> lock.getRecovery().status(c));
            assertEquals(new RecoveryStatus(true, null, false, null), status);
        }
    }

    @Test
    void theProvidersWordsAreCarriedFromJava() throws Exception {
        FakeProvider provider = new FakeProvider(phone.getClock());
        File file = new File(folder, "wallet.db");
        try (WalletLock lock = FromJava.blocking(c -> WalletLock.open(file, phone.getPlatform(), provider.policy(168), c))) {
            enrol(lock);
            String request = FromJava.blocking(c -> lock.getProvider().register(c));
            String grant = provider.answer(request).getWord();
            WordOutcome registered = FromJava.blocking(c -> lock.getProvider().redeem(grant, c));
            assertEquals(new WordOutcome.Done(WordDone.REGISTERED), registered);
            FakeAccount account = provider.getAccounts().get(0);
            account.lock(FakeAccount.Reason.LOST, "Please call.");
            for (FakePost.Parcel parcel : provider.getPost().collect(account.getWallet())) {
                WordOutcome taken = FromJava.blocking(c -> parcel.deliver(lock, c));
                assertInstanceOf(WordOutcome.Done.class, taken);
            }
            LockStatus.Locked locked = assertInstanceOf(LockStatus.Locked.class, lock.getStatus().getValue());
            assertEquals(LockReason.LOST_OR_STOLEN, locked.getReason());
            ProviderRequest said = new ProviderRequest("sms", account.sendCode().getCode());
            String unlock = FromJava.blocking(c -> lock.getProvider().request(RequestKind.UNLOCK, said, c));
            String answer = provider.answer(unlock).getWord();
            WordOutcome unlocked = FromJava.blocking(c -> lock.getProvider().redeem(answer, c));
            assertEquals(new WordOutcome.Done(WordDone.UNLOCKED), unlocked);
            String asked = FromJava.blocking(c -> lock.getProvider().request(RequestKind.HEARTBEAT, c));
            String heartbeat = provider.answer(asked).getWord();
            WordOutcome beaten = FromJava.blocking(c -> lock.getProvider().heartbeat(heartbeat, c));
            assertEquals(new WordOutcome.Done(WordDone.HEARTBEAT_TAKEN), beaten);
            WordOutcome refused = FromJava.blocking(c -> lock.getProvider().accept("nonsense", c));
            assertEquals(WordError.MALFORMED, assertInstanceOf(WordOutcome.Refused.class, refused).getError());
            ProviderState state = FromJava.blocking(c -> lock.getProvider().state(c));
            assertEquals(1L, state.getLastOrder());
            OwnerLock owners = FromJava.blocking(c -> lock.lockAsOwner(c));
            assertEquals(OwnerLock.LOCKED, owners);
        }
    }

    /** Returns null where a class written in Kotlin could not. */
    private static class NullKey implements DeviceKey {
        private final DeviceKey key;
        boolean hasNoHmac;

        NullKey(DeviceKey key) {
            this.key = key;
        }

        @Override
        public List<String> aliases(String prefix) {
            return key.aliases(prefix);
        }

        @Override
        public boolean exists(String alias) {
            return key.exists(alias);
        }

        @Override
        public void create(String alias, KeyPurpose purpose) {
            key.create(alias, purpose);
        }

        @Override
        public void ready(String alias) {
            key.ready(alias);
        }

        @Override
        public byte[] hmac(String alias, byte[] input) {
            return hasNoHmac ? null : key.hmac(alias, input);
        }

        @Override
        public void delete(String alias) {
            key.delete(alias);
        }

        @Override
        public SecurityLevel securityLevel(String alias) {
            return null;
        }
    }

    @Test
    void thePhonesPartsCanBeWrittenInJava() throws Exception {
        DeviceKey key = new DeviceKey() {
            @Override
            public List<String> aliases(String prefix) {
                return null;
            }

            @Override
            public boolean exists(String alias) {
                return false;
            }

            @Override
            public void create(String alias, KeyPurpose purpose) {
                throw new DeviceKeyException(DeviceKeyFault.BUSY);
            }

            @Override
            public void ready(String alias) {}

            @Override
            public byte[] hmac(String alias, byte[] input) {
                return null;
            }

            @Override
            public void delete(String alias) {}
        };
        Platform platform = new Platform(() -> new ClockReading(1, 0, 0), key);
        try (WalletLock lock = FromJava.blocking(c -> WalletLock.open(new File(folder, "java.db"), platform, c))) {
            assertEquals(LockStatus.Busy.INSTANCE, lock.getStatus().getValue());
            LockException.DeviceKey fault = assertThrows(LockException.DeviceKey.class, () -> enrol(lock));
            assertEquals(DeviceKeyFault.FAILED, fault.getFault());
        }
    }
}

package com.example.wallet

import android.os.SystemClock
import dev.walletlock.LockException
import dev.walletlock.PaymentChannel
import dev.walletlock.Policy
import dev.walletlock.RequestKind
import dev.walletlock.WalletLock
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.android.EscrowReply
import dev.walletlock.android.LockScreens
import dev.walletlock.android.ProviderCall
import dev.walletlock.android.ProviderReply
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.json.JSONObject

/**
 * Carries words between the lock and the wallet's server. An app without a provider leaves this class out.
 *
 * @param scope where it walks, until the scope ends.
 */
class Courier(private val backend: Backend, private val scope: CoroutineScope = MainScope()) {
    /** The app's policy, with the server's keys in it. It is loaded by native code, so not on the main thread. */
    val policy: Policy by lazy {
        Policy.json(JSONObject(WalletApp.policy.json).put("provider", JSONObject(backend.policyPart)).toString())
    }

    /** What a shop asks for. */
    val checkout = Checkout(backend)

    /** One at a time, so that no word overtakes another. */
    private val walking = Mutex()

    /** One at a time: a new request to register voids the one before. */
    private val registering = Mutex()

    /** The wallet's id, as it was last known: a wallet whose storage failed, or that is damaged, does not tell it. */
    private var wallet: String? = null

    /** Words that came and that the phone could not take yet. */
    private val undelivered = mutableListOf<Backend.Word>()

    /** When this process asked to register the phone, in milliseconds since the phone started. Null: no answer is to come. */
    private var askedAtMs: Long? = null

    /** The escrow of which this process has told the server. */
    private var deposited: String? = null

    /** Freeze notices and evidence of disputes that the server does not have yet. In memory: a person gets the evidence again. */
    private val evidence = mutableListOf<Pair<String?, String>>()

    /** Whether the server was told that a new PIN waits. */
    private var toldOfWait = false

    /** What the server was told that the owner has stopped. Null: nothing yet. */
    private var toldStopped: Pair<Boolean, List<PaymentChannel>>? = null

    /** When this process asked for a heartbeat last, in milliseconds since the phone started. Null: not yet. */
    private var heartbeatAtMs: Long? = null

    /**
     * Makes the lock's screens reach the provider, registers the phone, collects words and what shops ask for, and tells the server which
     * escrow and which ways back in there are, and which payments the owner has stopped. Call it in `Application.onCreate`.
     */
    fun start(app: WalletApp) {
        LockScreens.useProvider { lock, call -> carry(lock, call) }
        LockScreens.useEscrow { _, request ->
            backend.askEscrow(request.text)?.let { EscrowReply.Granted(it) } ?: EscrowReply.NotGranted.LATER
        }
        LockScreens.useProofs { _, request -> backend.prove(request) }
        LockScreens.useAccountPassword { _, utf8 -> backend.setPassword(utf8) }
        LockScreens.useEvidence { _, dispute, file ->
            evidence += dispute.freezeNotice to file
            scope.launch { withoutFault { sendEvidence() } }
            true
        }
        scope.launch {
            app.guard.session.filterNotNull().collect {
                withoutFault { registerOnce(WalletApp.lock(app)) }
                withoutFault { report(WalletApp.lock(app)) }
            }
        }
        scope.launch {
            while (true) {
                withoutFault { collect(WalletApp.lock(app)) }
                withoutFault { deposit(WalletApp.lock(app)) }
                withoutFault { announce(WalletApp.lock(app)) }
                withoutFault { tellStopped(WalletApp.lock(app)) }
                withoutFault { WalletApp.lock(app).let { checkout.look(it, idOf(it)) } }
                withoutFault { sendEvidence() }
                withoutFault { askForHeartbeat(WalletApp.lock(app)) }
                delay(EVERY_MS)
            }
        }
    }

    private suspend fun sendEvidence() {
        while (evidence.isNotEmpty()) {
            val first = evidence.first()
            backend.dispute(first.first, first.second)
            evidence -= first
        }
    }

    /**
     * Asks the server to register the phone, as the person wants. Says whether it is registered now; if not, the server decides
     * later.
     *
     * @throws IOException if the server cannot be reached.
     */
    suspend fun register(lock: WalletLock): Boolean {
        registerOnce(lock)
        return lock.provider.state().installation != null
    }

    /** What a screen of the lock wants from the provider. */
    private suspend fun carry(lock: WalletLock, call: ProviderCall): ProviderReply {
        val (kind, wanted) = when (call) {
            ProviderCall.REPORT -> return ProviderReply.TAKEN.also { report(lock) }
            // Also about a card, of which the state of payments does not tell.
            ProviderCall.FREEZE_NOTICE -> {
                backend.send(lock.provider.request(RequestKind.FREEZE_NOTICE))
                return ProviderReply.TAKEN
            }
            ProviderCall.UNLOCK -> RequestKind.UNLOCK to WordDone.UNLOCKED
            ProviderCall.UNFREEZE -> RequestKind.UNFREEZE to WordDone.UNFROZEN
            ProviderCall.HEARTBEAT -> RequestKind.HEARTBEAT to WordDone.HEARTBEAT_TAKEN
        }
        registerOnce(lock)
        backend.send(lock.provider.request(kind))
        return if (collect(lock).any { it == WordOutcome.Done(wanted) }) ProviderReply.TAKEN else ProviderReply.LATER
    }

    /** A request that waits for the server's answer is not made again for ten minutes: for so long a grant counts. */
    private suspend fun registerOnce(lock: WalletLock): Unit = registering.withLock {
        val now = SystemClock.elapsedRealtime()
        if (lock.provider.state().installation != null || askedAtMs?.let { now - it < ANSWER_MS } == true) return@withLock
        backend.send(lock.provider.register())
        askedAtMs = now
        collect(lock)
    }

    /** The server opens no other escrow than the one of which it was told last. */
    private suspend fun deposit(lock: WalletLock) {
        val inForce = lock.provider.state().escrowDigest
        if (inForce == null || inForce == deposited) return
        backend.send(lock.provider.request(RequestKind.DEPOSIT))
        deposited = inForce
    }

    /** Tells the server which ways back in there are, and what waits. Nothing answers that. */
    private suspend fun report(lock: WalletLock) {
        if (lock.provider.state().installation != null) backend.send(lock.provider.request(RequestKind.REPORT))
    }

    /** The owner is to hear of a new PIN that waits: the server announces it where codes go. */
    private suspend fun announce(lock: WalletLock) {
        val waits = lock.recovery.progress().waitLeftMs != null
        if (waits == toldOfWait) return
        report(lock)
        toldOfWait = waits
    }

    /** The server is to take no payment that the owner has stopped, also if it was approved before. */
    suspend fun tellStopped(lock: WalletLock) {
        val state = lock.payments.state()
        val stopped = state.freeze.byOwner to state.frozenChannels
        if (stopped == toldStopped || lock.provider.state().installation == null) return
        backend.send(lock.provider.request(RequestKind.FREEZE_NOTICE))
        toldStopped = stopped
    }

    /** Without a heartbeat the phone locks itself after some days. If the server cannot be reached, the next walk does not ask again. */
    private suspend fun askForHeartbeat(lock: WalletLock) {
        if (!isHeartbeatDue(lock)) return
        backend.send(lock.provider.request(RequestKind.HEARTBEAT))
        collect(lock)
    }

    /** The grant that registers the phone counts as a heartbeat, and sets [heartbeatAtMs]. So this waits until no word is given to the lock. */
    private suspend fun isHeartbeatDue(lock: WalletLock): Boolean = walking.withLock {
        val now = SystemClock.elapsedRealtime()
        if (lock.provider.state().installation == null || heartbeatAtMs?.let { now - it < HEARTBEAT_MS } == true) return@withLock false
        heartbeatAtMs = now
        true
    }

    /** Gives the lock every word that has come. What it refuses changes nothing, and is dropped. What fails is given to it again. */
    private suspend fun collect(lock: WalletLock): List<WordOutcome> = walking.withLock {
        undelivered += backend.collect(idOf(lock))
        val words = undelivered.toList()
        undelivered.clear()
        words.mapNotNull { word ->
            try {
                give(lock, word)
            } catch (fault: LockException) {
                if (fault !is LockException.WrongState) undelivered += word
                null
            }
        }
    }

    private suspend fun idOf(lock: WalletLock): String = try {
        lock.provider.state().wallet.also { wallet = it }
    } catch (fault: LockException) {
        wallet?.takeIf { fault !is LockException.WrongState } ?: throw fault
    }

    private suspend fun give(lock: WalletLock, word: Backend.Word): WordOutcome {
        val outcome = when (word.kind) {
            Backend.Kind.ORDER, Backend.Kind.SETTLEMENT -> lock.provider.accept(word.text)
            Backend.Kind.GRANT -> lock.provider.redeem(word.text)
            Backend.Kind.HEARTBEAT -> lock.provider.heartbeat(word.text, word.orders)
        }
        if (outcome == WordOutcome.Done(WordDone.REGISTERED)) {
            askedAtMs = null
            heartbeatAtMs = SystemClock.elapsedRealtime()
        }
        backend.report(outcome)
        // The server knows this phone from now on, so it can be told.
        if (outcome == WordOutcome.Done(WordDone.REGISTERED)) withoutFault { report(lock) }
        return outcome
    }

    private companion object {
        const val EVERY_MS = 2_000L
        const val ANSWER_MS = 600_000L
        const val HEARTBEAT_MS = 21_600_000L
    }
}

package com.example.wallet

import android.os.SystemClock
import dev.walletlock.LockException
import dev.walletlock.Policy
import dev.walletlock.RequestKind
import dev.walletlock.WalletLock
import dev.walletlock.WordDone
import dev.walletlock.WordOutcome
import dev.walletlock.android.EscrowReply
import dev.walletlock.android.LockScreens
import dev.walletlock.android.ProviderCall
import dev.walletlock.android.ProviderReply
import java.io.IOException
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

    /**
     * Makes the lock's screens reach the provider, registers the phone, collects words, and tells the server which escrow is in force.
     * Call it in `Application.onCreate`.
     */
    fun start(app: WalletApp) {
        LockScreens.useProvider { lock, call -> carry(lock, call) }
        LockScreens.useEscrow { _, request ->
            backend.askEscrow(request.text)?.let { EscrowReply.Granted(it) } ?: EscrowReply.NotGranted.LATER
        }
        scope.launch { app.guard.session.filterNotNull().collect { quietly { registerOnce(WalletApp.lock(app)) } } }
        scope.launch {
            while (true) {
                quietly { collect(WalletApp.lock(app)) }
                quietly { deposit(WalletApp.lock(app)) }
                delay(EVERY_MS)
            }
        }
    }

    /** What a screen of the lock wants from the provider. */
    private suspend fun carry(lock: WalletLock, call: ProviderCall): ProviderReply {
        val (kind, wanted) = when (call) {
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
            Backend.Kind.ORDER -> lock.provider.accept(word.text)
            Backend.Kind.GRANT -> lock.provider.redeem(word.text)
            Backend.Kind.HEARTBEAT -> lock.provider.heartbeat(word.text, word.orders)
        }
        if (outcome == WordOutcome.Done(WordDone.REGISTERED)) askedAtMs = null
        backend.report(outcome)
        return outcome
    }

    /** Without a connection, or while the wallet has no PIN: the next walk may succeed. */
    private suspend fun quietly(walk: suspend () -> Unit) {
        try {
            whileItLives(walk)
        } catch (_: IOException) {
            return
        }
    }

    private companion object {
        const val EVERY_MS = 2_000L
        const val ANSWER_MS = 600_000L
    }
}

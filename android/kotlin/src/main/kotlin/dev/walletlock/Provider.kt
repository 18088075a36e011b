package dev.walletlock

import dev.walletlock.ffi.WordKind

/**
 * Carries signed words between the wallet and its provider, the backend of the app. [WalletLock.provider] gives it. It lives as
 * long as its lock, and needs no closing.
 *
 * The app only carries text: nothing that it does can make a word say more. `core/src/provider/README.md` in Walletlock's sources
 * documents every byte, for whoever writes the backend.
 *
 * ```
 * val request = lock.provider.register()
 * val grant = backend.send(request)                            // the app's own network call
 * when (val outcome = lock.provider.redeem(grant)) {
 *     is WordOutcome.Done -> report(outcome.what)
 *     is WordOutcome.Refused -> report(outcome.error)
 * }
 * ```
 *
 * All functions work without a session, and while the wallet is locked. They throw [LockException.WrongState] if the policy has
 * no provider, or no PIN is set. After an order that locks, [WalletLock.status] shows the lock, and every session is over, before
 * the call returns.
 */
public class Provider internal constructor(private val lock: WalletLock) {
    /**
     * Makes a key for this phone, and a request to register it. The provider's grant ([redeem]) puts the key in force; until then
     * an earlier registration counts.
     *
     * @param said what the app tells its backend.
     * @return the text of the request.
     * @throws LockException.DeviceKey with [DeviceKeyFault.NO_HARDWARE] if the phone's keystore makes no such key.
     * @throws LockException.Invalid if a text in [said] is too long.
     */
    @JvmOverloads
    public suspend fun register(said: ProviderRequest = ProviderRequest.NOTHING): String =
        request(RequestKind.REGISTER, said)

    /**
     * Makes a request. A grant for it counts for 600 seconds, and not after a restart of the phone; a heartbeat counts for 60
     * seconds. The lock remembers its last four requests. So ask for a grant after the person has proven who they are, not before.
     *
     * @param kind what is asked for. [RequestKind.REGISTER] is the same as [register].
     * @param said what the app tells its backend.
     * @return the text of the request.
     * @throws LockException.WrongState also if this phone is not registered, or there is no escrow to deposit.
     * @throws LockException.Invalid if a text in [said] is too long.
     */
    @JvmOverloads
    public suspend fun request(kind: RequestKind, said: ProviderRequest = ProviderRequest.NOTHING): String =
        lock.callNative { it.providerRequest(kind.byName(), said.channel, said.code, said.what) }

    /**
     * Takes a grant. It answers a request of this phone, and may loosen. It counts once it is irrevocable: if this throws
     * [LockException.DeviceKey] or [LockException.Storage], the same grant can be taken again.
     */
    public suspend fun redeem(grant: String): WordOutcome = take(WordKind.GRANT, grant)

    /**
     * Takes an order, a word about the provider's keys, or what became of a payment. Deliver every one, however late it comes: none has
     * an expiry. Only such a word says that a payment was not charged, or less than was set aside.
     *
     * @throws LockException.DataDamaged on a damaged wallet, for a word about keys: deliver it again after the recovery. An order
     *   is kept there too.
     */
    public suspend fun accept(order: String): WordOutcome = take(WordKind.ORDER, order)

    /**
     * Takes a heartbeat: it begins a new allowance. The orders that come with it are carried out first.
     *
     * @param heartbeat the answer to a request of the kind [RequestKind.HEARTBEAT].
     * @param orders the orders that the backend sent with it: those that the request does not report.
     */
    @JvmOverloads
    public suspend fun heartbeat(heartbeat: String, orders: List<String> = emptyList()): WordOutcome =
        take(WordKind.HEARTBEAT, heartbeat, orders)

    /** What stands between the wallet and its provider. A policy without a provider is no error here. */
    public suspend fun state(): ProviderState = lock.callNative { it.providerState() }.toPublic()

    /** Says nothing about the wallet. */
    override fun toString(): String = "Provider"

    private suspend fun take(kind: WordKind, word: String, orders: List<String> = emptyList()): WordOutcome =
        lock.callNative { it.takeWord(kind, word, orders) }.toPublic()
}

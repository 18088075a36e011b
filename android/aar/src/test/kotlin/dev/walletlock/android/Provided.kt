package dev.walletlock.android

import dev.walletlock.WordOutcome
import dev.walletlock.fakes.FakeAccount
import dev.walletlock.fakes.FakeProvider
import kotlinx.coroutines.runBlocking
import org.json.JSONObject

/** The policy of the tests, with this provider in it. */
fun FakeProvider.testPolicy(allowanceHours: Int? = null): String =
    JSONObject(TestWallet.POLICY).put("provider", JSONObject(policyPart(allowanceHours))).toString()

/** Registers the phone of [wallet], whose PIN is set. Returns its account. */
fun FakeProvider.register(wallet: TestWallet): FakeAccount = runBlocking {
    val lock = wallet.lock
    check(lock.provider.redeem(answer(lock.provider.register()).word) is WordOutcome.Done)
    checkNotNull(account(lock.provider.state().wallet))
}

/** Gives [order] to the lock, which carries it out. */
fun TestWallet.accepts(order: String) {
    runBlocking { check(lock.provider.accept(order) is WordOutcome.Done) }
    TestWallet.settle()
}

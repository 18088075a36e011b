package dev.walletlock.fakes

import java.security.KeyFactory
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import java.math.BigInteger

/** Whether [signature], in DER, is that of the P-256 key whose uncompressed point is [point]. */
fun isSigned(point: ByteArray, message: ByteArray, signature: ByteArray): Boolean {
    val curve = (makeP256().public as ECPublicKey).params
    val (x, y) = listOf(point.copyOfRange(1, 33), point.copyOfRange(33, 65)).map { BigInteger(1, it) }
    val key = KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(ECPoint(x, y), curve))
    return Signature.getInstance("SHA256withECDSA").run {
        initVerify(key)
        update(message)
        verify(signature)
    }
}

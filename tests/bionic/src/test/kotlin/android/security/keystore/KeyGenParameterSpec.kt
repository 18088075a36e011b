package android.security.keystore

import android.os.Build
import java.security.InvalidKeyException
import java.security.ProviderException
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec

class KeyGenParameterSpec private constructor(
    val alias: String,
    val purposes: Int,
    val isStrongBoxBacked: Boolean,
    val isUnlockedDeviceRequired: Boolean,
    val keySize: Int?,
    val digests: List<String>,
) : AlgorithmParameterSpec {
    class Builder(private val alias: String, private val purposes: Int) {
        private var isStrongBoxBacked = false
        private var isUnlockedDeviceRequired = false
        private var keySize: Int? = null
        private var digests = emptyList<String>()

        fun setKeySize(bits: Int): Builder {
            keySize = bits
            return this
        }

        fun setDigests(vararg digests: String): Builder {
            this.digests = digests.toList()
            return this
        }

        fun setIsStrongBoxBacked(wanted: Boolean): Builder {
            since(28)
            isStrongBoxBacked = wanted
            return this
        }

        fun setUnlockedDeviceRequired(wanted: Boolean): Builder {
            since(28)
            isUnlockedDeviceRequired = wanted
            return this
        }

        fun build() = KeyGenParameterSpec(alias, purposes, isStrongBoxBacked, isUnlockedDeviceRequired, keySize, digests)
    }
}

class KeyInfo(private val spec: KeyGenParameterSpec) : KeySpec {
    fun getSecurityLevel(): Int {
        since(31)
        return if (spec.isStrongBoxBacked) STRONGBOX else TRUSTED_ENVIRONMENT
    }

    fun isInsideSecureHardware() = true

    private companion object {
        const val TRUSTED_ENVIRONMENT = 1
        const val STRONGBOX = 2
    }
}

class StrongBoxUnavailableException : ProviderException()

class UserNotAuthenticatedException : InvalidKeyException()

/** Fails where the modelled version of Android does not have the method yet. */
private fun since(sdk: Int) {
    if (Build.VERSION.SDK_INT < sdk) throw NoSuchMethodError("since API level $sdk")
}

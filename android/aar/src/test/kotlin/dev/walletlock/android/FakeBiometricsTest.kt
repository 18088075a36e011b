package dev.walletlock.android

import dev.walletlock.KeyPurpose
import dev.walletlock.SensorAvailability
import dev.walletlock.fakes.FakePhone

/** The fake must do what the phone's biometrics do. It needs no Android. */
class FakeBiometricsTest : BiometricsContract() {
    private val phone = FakePhone()
    override val biometrics = phone.biometrics
    override val person = phone.person

    override fun makeKey(alias: String) = phone.deviceKey.create(alias, KeyPurpose.BIOMETRIC)

    override fun makeOtherKey(alias: String) = phone.deviceKey.create(alias, KeyPurpose.SEAL)

    override fun letPass(ms: Long) = person.doesNothing()

    override fun becomeOldAndroid() = person.sensorIs(SensorAvailability.NOT_SUPPORTED)
}

package dev.walletlock.android

import dev.walletlock.Enrolment
import dev.walletlock.LockException
import dev.walletlock.Personal
import dev.walletlock.PinEntry
import dev.walletlock.SensorAvailability
import dev.walletlock.WalletLock
import dev.walletlock.android.SetPinSteps.Step
import kotlinx.coroutines.launch

/** One attempt to set the first PIN, and then to switch biometrics on. */
internal class SettingPin(lock: WalletLock) : ChoosingPin(lock) {
    override val steps = SetPinSteps()
    var offersFinger = true

    override fun typed(entry: PinEntry, personal: List<Personal>) {
        when (steps.step) {
            Step.CHOOSE -> choose(entry.handedOver()) { findingsOn(it, personal) }
            Step.AGAIN -> entry.handedOver().use { repeat(it, personal) }
            else -> entry.clear()
        }
    }

    private fun repeat(again: PinEntry, personal: List<Personal>) {
        val pin = first ?: return steps.forget()
        if (steps.repeated(pin.matches(again))) set(pin, personal) else keepFirst(null)
        onChange()
    }

    private fun set(pin: PinEntry, personal: List<Personal>) {
        scope.launch {
            try {
                when (val enrolment = lock.enrol(pin, personal)) {
                    is Enrolment.Enrolled -> {
                        session = enrolment.session
                        steps.set(offersFinger && lock.sensorAvailability() == SensorAvailability.READY)
                    }
                    is Enrolment.Forbidden -> steps.notSet(PinNote.Forbidden(enrolment.findings))
                }
            } catch (fault: LockException) {
                // If there is a session, the PIN is set: then only the question about the sensor failed.
                if (session != null) steps.set(offersFinger = false) else steps.notSet(PinNote.Failed(LockTrouble.of(fault)))
            }
            keepFirst(null)
            onChange()
        }
    }

    /** Shows the prompt for the finger or face that is to open the wallet from now on. */
    fun switchFingerOn() {
        val open = session ?: return
        if (!steps.switchOn()) return
        onChange()
        scope.launch {
            try {
                steps.switchedOn(open.access.enableBiometrics())
            } catch (_: LockException.SessionEnded) {
                steps.sessionOver()
            } catch (_: LockException.PinNeeded) {
                steps.sessionOver()
            } catch (fault: LockException) {
                steps.notSwitchedOn(LockTrouble.of(fault))
            }
            onChange()
        }
    }

    fun skipFinger() {
        steps.skip()
        onChange()
    }

    override fun back(): Boolean = steps.back().also {
        if (steps.step == Step.CHOOSE) keepFirst(null)
        if (it) onChange()
    }

    override fun forget() {
        if (steps.step == Step.CHOOSE || steps.step == Step.AGAIN) keepFirst(null)
        steps.forget()
        onChange()
    }
}

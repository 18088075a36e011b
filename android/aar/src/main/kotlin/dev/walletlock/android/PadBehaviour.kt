package dev.walletlock.android

import android.view.View
import dev.walletlock.LockStatus
import dev.walletlock.RecoveryCode

/** The behaviour of the pad: what each key changes, what the pad shows then, and which listener is called. */
internal class PadBehaviour(private val pad: View, private val header: PadHeader, private val keypad: KeypadView) {
    val binding = PadBinding(onStatus = ::render, onChange = ::onChange)
    var title: CharSequence = pad.resources.getString(R.string.walletlock_enter_pin)
    var pinLength = 0
    var onUnlocked: OnUnlocked? = null
    var onRefused: OnRefused? = null
    var onPinEntered: OnPinEntered? = null

    /** For a screen where a PIN is chosen: called with the number of digits, each time that it changes. */
    var onDigits: (Int) -> Unit = {}

    /** Whether the key that ends the PIN is enabled, if it is shown. With a [pinLength] the last digit always ends the PIN. */
    var canEnd = true
        set(value) {
            if (field == value) return
            field = value
            render()
        }
    private var told = 0

    /** How many digits are typed until the last one ends them. 0: any number, and a key ends them. */
    private val length: Int get() = if (binding.code == null) pinLength else RecoveryCode.GROUP_DIGITS
    private var said: Said? = null

    /** Shown below the dots while there is nothing more urgent to say. */
    private var hint: Said? = null
    private var isCovered = false

    /** How many digits the PIN had that was being checked at the last [onChange]. 0: no PIN was being checked. */
    private var wasChecking = 0

    init {
        keypad.onDigit = ::type
        keypad.onBackspace = ::erase
        keypad.onClear = ::eraseAll
        keypad.onDone = ::done
        keypad.onAsk = { binding.unlocking?.askBiometrics() }
    }

    fun follow() {
        binding.follow()
        wasChecking = binding.unlocking?.checking ?: 0
        onChange()
    }

    fun say(text: CharSequence, isWarning: Boolean) {
        said = Said(text, isWarning, isError = isWarning)
        render()
    }

    /** Keeps [text] below the dots while digits come and go. [isAgainst]: it says why this PIN cannot be set. */
    fun showHint(text: CharSequence, isAgainst: Boolean = false) {
        hint = if (text.isEmpty()) null else Said(text, isWarning = isAgainst, isError = false)
        render()
    }

    /** Says [text], shakes the dots, and gives the haptic feedback for 'no'. */
    fun refuse(text: CharSequence, isWrong: Boolean = false) {
        said = Said(text, isWarning = true, isError = true, isWrong)
        render()
        refuse()
    }

    private fun refuse() {
        pad.rejectHaptic()
        header.dots.shake()
    }

    fun cover(isCovered: Boolean) {
        if (isCovered == this.isCovered) return
        this.isCovered = isCovered
        render()
    }

    fun clear() {
        binding.clear()
        render()
    }

    private fun type(digit: Int) {
        if (!takesDigits()) return
        said = null
        binding.code?.let { return type(digit, it) }
        val most = if (pinLength == 0) PIN_LENGTHS.last else pinLength
        // A digit too many is not dropped silently: otherwise a PIN could be set that is not the one the person typed.
        if (binding.typed >= most || !binding.type(digit)) {
            return refuse(pad.resources.getQuantityString(R.plurals.walletlock_too_long, most, most))
        }
        pad.keyHaptic()
        render()
        if (binding.typed == pinLength) end()
    }

    /** Types a digit of a group. Its last digit leads to the next group, or to another step. */
    private fun type(digit: Int, code: TypedCode) {
        pad.keyHaptic()
        code.type(digit)
        render()
    }

    private fun erase() {
        if (!takesDigits()) return
        said = null
        binding.erase()
        pad.keyHaptic()
        render()
    }

    private fun eraseAll() {
        if (!takesDigits()) return
        clear()
        erase()
    }

    private fun done() {
        if (canEnd) end()
    }

    private fun end() {
        if (!takesDigits() || binding.typed == 0) return
        if (binding.typed < PIN_LENGTHS.first) return refuse(pad.resources.getString(R.string.walletlock_too_short))
        val going = binding.unlocking
        if (going != null) going.check() else onPinEntered?.onPinEntered(binding.entry)
        render()
    }

    private fun takesDigits() = pad.isEnabled && binding.isReady

    fun render() {
        val checking = binding.unlocking?.checking
        val typed = binding.typed
        val words = pad.resources.padWords(title, isCovered, checking != null, binding, said ?: hint)
        header.dots.show(checking ?: typed, length, checking != null, words.isError && checking == null)
        header.show(words)
        keypad.show(
            PadKeys(
                areEnabled = takesDigits() && !isCovered,
                hasDigits = typed > 0,
                isEnough = typed >= PIN_LENGTHS.first,
                canEnd = canEnd,
                endsByKey = length == 0,
                // A lock that the PIN clears stands: a finger or face clears none.
                asksBiometrics = binding.unlocking?.offersBiometrics == true && binding.status !is LockStatus.Locked,
            ),
        )
        if (typed == told) return
        told = typed
        onDigits(typed)
    }

    fun onChange() {
        val going = binding.unlocking ?: return
        val tried = wasChecking
        val isOver = tried > 0 && going.checking == null
        wasChecking = going.checking ?: 0
        val listener = onUnlocked
        val session = if (listener != null && wasChecking == 0) going.takeSession() else null
        render()
        val refusal = (going.answer as? Unlocking.Answer.Refused)?.refusal
        if (isOver && going.answer != null) refuse()
        if (isOver && refusal != null) onRefused?.onRefused(refusal)
        if (session == null) return
        pad.confirmHaptic()
        header.dots.showSuccess(tried)
        listener?.onUnlocked(session)
    }

    companion object {
        /** How many digits a PIN may have in the core. */
        val PIN_LENGTHS = 4..12
    }
}

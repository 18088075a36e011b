package dev.walletlock.bionic

import unicorn.Arm64Const
import unicorn.ArmConst

/** The processors whose code can be run here, and what differs between them in what we look at. */
enum class Abi(val folder: String, val is64Bit: Boolean) {
    ARM64("arm64-v8a", true),
    ARM32("armeabi-v7a", false);

    val pointerBytes get() = if (is64Bit) 8 else 4

    /** Where a system call has its arguments. */
    val systemCallRegisters: IntArray = if (is64Bit) {
        IntArray(6) { Arm64Const.UC_ARM64_REG_X0 + it }
    } else {
        IntArray(6) { ArmConst.UC_ARM_REG_R0 + it }
    }

    /** Where it has its answer; a function too. */
    val answer = if (is64Bit) Arm64Const.UC_ARM64_REG_X0 else ArmConst.UC_ARM_REG_R0

    /** The upper half of an answer that one register does not hold. */
    val upperAnswer = ArmConst.UC_ARM_REG_R1

    /** Where the emulator has a call return to. */
    val returnsTo = if (is64Bit) 0x7_ffff_0000 else 0xffff_0000

    /** The bits that an address has. */
    val addresses = if (is64Bit) -1L else 0xffff_ffff

    val programCounter = if (is64Bit) Arm64Const.UC_ARM64_REG_PC else ArmConst.UC_ARM_REG_PC
}

package dev.walletlock.bionic

import unicorn.Arm64Const
import unicorn.ArmConst

/** The processors whose code can run here, and where they differ in what these tests look at. */
enum class Abi(val folder: String, val is64Bit: Boolean) {
    ARM64("arm64-v8a", true),
    ARM32("armeabi-v7a", false);

    val pointerBytes get() = if (is64Bit) 8 else 4

    /** The registers that hold a system call's arguments. */
    val systemCallRegisters: IntArray = if (is64Bit) {
        IntArray(6) { Arm64Const.UC_ARM64_REG_X0 + it }
    } else {
        IntArray(6) { ArmConst.UC_ARM_REG_R0 + it }
    }

    /** The register that holds the answer of a system call or of a function. */
    val answer = if (is64Bit) Arm64Const.UC_ARM64_REG_X0 else ArmConst.UC_ARM_REG_R0

    /** The register for the upper half of a 64-bit answer on 32 bits. */
    val upperAnswer = ArmConst.UC_ARM_REG_R1

    /** The address to which the emulator lets a call return. */
    val returnsTo = if (is64Bit) 0x7_ffff_0000 else 0xffff_0000

    /** A mask of the bits that an address has. */
    val addresses = if (is64Bit) -1L else 0xffff_ffff

    val programCounter = if (is64Bit) Arm64Const.UC_ARM64_REG_PC else ArmConst.UC_ARM_REG_PC
}

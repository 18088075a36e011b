package dev.walletlock.demo

import dev.walletlock.LockException
import dev.walletlock.Policy
import java.io.PrintStream
import java.nio.file.Path

/** The whole tour: plays every story, and prints a line for each at the end: what it has shown, or why it failed. */
internal class Tour(
    private val folder: Path,
    private val policy: Policy,
    private val out: PrintStream,
    private val stories: List<Story> =
        listOf(
            PinStory(),
            LockoutStory(),
            WhichLockStory(),
            LostPhoneStory(),
            SecondFactorStory(),
            RecoveryStory(),
            ChannelsStory(),
            LockedOutStory(),
            NewSecretStory(),
            AnotherWayStory(),
            AfterwardsStory(),
            FingerStory(),
            LimitsStory(),
            FreezeStory(),
            CardStory(),
            AlertStory(),
            OlderCopyStory(),
            ForgedWordsStory(),
            PaymentThiefStory(),
            DamagedWalletsStory(),
            HistoryStory(),
            DisputeStory(),
            PolicyStory(),
        ),
) {
    /** Plays the tour. True if no story failed. */
    suspend fun play(): Boolean {
        out.println("The tour of Walletlock. It plays by itself, and checks what it shows.")
        out.println("The library is the real one: its PIN checks, its database, its locks. Only the phone is made of")
        out.println("files: its clock can be moved, its keys are not kept in hardware, and its sensor believes whoever")
        out.println("says who touches it (insecure).")
        val results = stories.map { it to result(it) }
        out.println()
        for ((story, result) in results) {
            val line = result.fold({ "ok: $it" }, { "FAIL: ${it.message}" })
            out.println("${story.name} $line")
        }
        return results.all { (_, result) -> result.isSuccess }
    }

    private suspend fun result(story: Story): Result<String> {
        // Two stories may have one name: they show parts of one need.
        val stage = Stage(folder.resolve(story.javaClass.simpleName), policy, out)
        stage.title("${story.name}  ${story.title}")
        return try {
            Result.success(story.play(stage))
        } catch (failed: StoryFailed) {
            stage.say("THIS IS NOT AS IT SHOULD BE. ${failed.message}")
            Result.failure(failed)
        } catch (fault: LockException) {
            stage.say("THIS IS NOT AS IT SHOULD BE. $fault")
            Result.failure(fault)
        }
    }
}

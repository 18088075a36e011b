package dev.walletlock.android

/**
 * Marks an Activity that [LockGuard] does not cover: it shows nothing of the wallet while that is closed, such as help or a splash
 * screen.
 * Activities that are started from it are covered as usual.
 */
@Target(AnnotationTarget.CLASS)
@Retention(AnnotationRetention.RUNTIME)
@MustBeDocumented
public annotation class Unguarded

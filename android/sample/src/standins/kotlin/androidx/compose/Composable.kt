package androidx.compose.runtime

/** Stands in for the annotation of this name, which is not on Maven Central. */
annotation class Composable

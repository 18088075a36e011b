package androidx.lifecycle

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob

/** Stands in for the class of this name, which is not on Maven Central, so that the documents' code can be compiled. */
abstract class ViewModel {
    protected open fun onCleared() = Unit
}

/** Stands in for the property of this name. */
val ViewModel.viewModelScope: CoroutineScope
    get() = CoroutineScope(SupervisorJob() + Dispatchers.Default)

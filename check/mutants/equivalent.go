package mutants

// equivalentChanges are changes by the operators that nothing can tell from the
// source as it is, and why. The key is what [mutation.where] says.
var equivalentChanges = map[string]string{}

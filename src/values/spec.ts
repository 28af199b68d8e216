/** Specification of a field or of the values of a restricted thing, list or set. */
export interface Spec { readonly text: string }

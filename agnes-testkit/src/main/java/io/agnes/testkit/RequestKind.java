// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The kind of a request to a fake, at which faults can be scripted. Each fake has an enum of its kinds. */
interface RequestKind {
    /** The method that scripts faults at these requests, for example {@code onSlice}, or the name of the kind. */
    String point();
}

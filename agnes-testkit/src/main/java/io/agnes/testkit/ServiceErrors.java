// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The error responses of a service, for scripted faults. */
interface ServiceErrors {
    /** An error response with this status, as the service words it. */
    Response error(int status);

    /** The response to credentials that have expired. */
    Response expired();
}

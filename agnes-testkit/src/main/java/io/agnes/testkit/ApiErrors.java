// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** The errors of the Storage API of Keboola. */
final class ApiErrors implements ServiceErrors {
    @Override
    public Response error(int status) {
        return Response.text(status, "application/json", FaultBodies.apiError(status));
    }

    @Override
    public Response expired() {
        return ErrorResponseException.invalidToken().answer();
    }
}

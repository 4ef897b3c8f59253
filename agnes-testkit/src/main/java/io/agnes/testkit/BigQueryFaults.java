// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** BigQuery's error responses for scripted faults. */
final class BigQueryFaults implements ServiceErrors {
    private final ServiceErrors shared = new GoogleErrors();

    @Override
    public Response error(int status) {
        return switch (status) {
            case 403 ->
                GoogleErrors.of(
                        403, "accessDenied", "Access Denied: The user does not have permission (refused by the test)");
            case 409 -> GoogleErrors.of(409, "duplicate", "Already Exists: Job (refused by the test)");
            case 429 ->
                GoogleErrors.of(
                        429,
                        "rateLimitExceeded",
                        "Exceeded rate limits: too many api requests per user per method for this user_method."
                                + " For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas");
            case 503 ->
                GoogleErrors.of(
                        503, "backendError", "Error encountered during execution. Retrying may solve the problem.");
            default -> shared.error(status);
        };
    }

    @Override
    public Response expired() {
        return shared.expired();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import com.google.cloud.BaseServiceException;
import com.google.gson.stream.MalformedJsonException;
import io.agnes.bigquery.GoogleCloudException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Turns what Google's libraries throw into a {@link GoogleCloudException}. Reasons and statuses are those of
 * <a href="https://cloud.google.com/bigquery/docs/error-messages">BigQuery</a> and
 * <a href="https://cloud.google.com/storage/docs/json_api/v1/status-codes">Cloud Storage</a>.
 */
final class FailureMapping {
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int UNAVAILABLE = 503;

    private static final Set<String> RATES =
            Set.of("rateLimitExceeded", "userRateLimitExceeded", "jobRateLimitExceeded", "concurrentLimitExceeded");
    private static final Set<String> QUOTAS = Set.of("quotaExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED");
    private static final Set<String> DISABLED =
            Set.of("accessNotConfigured", "SERVICE_DISABLED", "billingNotEnabled", "billingDisabled");

    /** With status 403, too, although no permission is missing. */
    private static final Set<String> BOUNDS = Set.of(
            "responseTooLarge", "bytesBilledLimitExceeded", "billingTierLimitExceeded", "resourcesExceeded", "blocked");

    private static final Pattern PERMISSION = Pattern.compile("\\b(?:bigquery|storage|iam)\\.[A-Za-z]+\\.[A-Za-z]+\\b");
    private static final Pattern LOCATION = Pattern.compile(
            "was not found in location|different locations|location mismatch", Pattern.CASE_INSENSITIVE);
    private static final Pattern ENDED = Pattern.compile("expired|revoked", Pattern.CASE_INSENSITIVE);
    /** Google's libraries wrap a failure a few times. */
    private static final int DEEPEST_CAUSE = 16;

    private final Duration readTimeout;

    FailureMapping(Duration readTimeout) {
        this.readTimeout = readTimeout;
    }

    /**
     * The meaning of what an attempt threw.
     *
     * @throws InterruptedException if an interrupt ended the attempt
     * @throws RuntimeException the one thrown, if it is none of Google's: a bug
     */
    CallFailure of(Operation operation, Exception thrown) throws InterruptedException {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
            if (isInterrupt(at)) {
                throw new InterruptedException();
            }
            switch (at) {
                case GoogleCloudException known -> {
                    return CallFailure.last(known);
                }
                // Comes from the token service, and wraps its answer.
                case Retryable token -> {
                    return ofToken(operation, (Throwable) token);
                }
                case HttpResponseException answer -> {
                    return of(operation, ErrorAnswer.of(answer));
                }
                case BaseServiceException service
                when service.getCode() > 0 && service.getCause() == null -> {
                    return of(operation, ErrorAnswer.of(service.getCode(), service.getReason(), service.getMessage()));
                }
                default -> {}
            }
            at = at.getCause();
        }
        return ofConnection(operation, thrown);
    }

    /**
     * The meaning of the error of a job, which has a reason and no status.
     *
     * @param reason as in <a href="https://cloud.google.com/bigquery/docs/error-messages">BigQuery's table of errors</a>
     */
    static GoogleCloudException ofJob(Operation operation, String reason, String said) {
        return of(operation, ErrorAnswer.of(status(reason), reason, said)).exception();
    }

    private static int status(String reason) {
        if (RATES.contains(reason) || QUOTAS.contains(reason) || DISABLED.contains(reason) || BOUNDS.contains(reason)) {
            return FORBIDDEN;
        }
        return switch (reason) {
            case "accessDenied" -> FORBIDDEN;
            case "notFound" -> NOT_FOUND;
            case "duplicate" -> CONFLICT;
            case "backendError", "jobBackendError" -> UNAVAILABLE;
            case "internalError", "jobInternalError" -> SERVER_ERROR;
            default -> BAD_REQUEST;
        };
    }

    /** The meaning of an answer. */
    static CallFailure of(Operation operation, ErrorAnswer answer) {
        String what = operation.subject();
        String said = answer.said();
        return switch (answer.status()) {
            case UNAUTHORIZED ->
                CallFailure.last(
                        ENDED.matcher(said).find()
                                ? GoogleCloudException.credentialsExpired(what, said)
                                : GoogleCloudException.credentialsRefused(what, said));
            case FORBIDDEN -> forbidden(operation, answer);
            case NOT_FOUND ->
                CallFailure.last(
                        LOCATION.matcher(said).find()
                                ? GoogleCloudException.locationWrong(what, said)
                                : GoogleCloudException.notFound(
                                        operation.resource().text(), what, said));
            case CONFLICT -> CallFailure.last(GoogleCloudException.alreadyExists(what));
            case PRECONDITION_FAILED -> CallFailure.last(GoogleCloudException.preconditionFailed(what));
            case TOO_MANY_REQUESTS ->
                CallFailure.refused(GoogleCloudException.rateLimited(what, said), answer.retryAfter());
            case UNAVAILABLE ->
                CallFailure.refused(GoogleCloudException.unavailable(what, answer.status(), said), answer.retryAfter());
            default -> otherwise(operation, answer);
        };
    }

    private static CallFailure otherwise(Operation operation, ErrorAnswer answer) {
        String what = operation.subject();
        if (answer.status() == REQUEST_TIMEOUT
                || (answer.status() >= SERVER_ERROR && answer.status() != NOT_IMPLEMENTED)) {
            return CallFailure.passing(GoogleCloudException.unavailable(what, answer.status(), answer.said()));
        }
        return CallFailure.last(
                LOCATION.matcher(answer.said()).find()
                        ? GoogleCloudException.locationWrong(what, answer.said())
                        : GoogleCloudException.requestRefused(what, answer.status(), answer.said()));
    }

    /** Google answers 403 for a lack of permission, of quota, and of a billing account. */
    private static CallFailure forbidden(Operation operation, ErrorAnswer answer) {
        String what = operation.subject();
        String said = answer.said();
        if (RATES.contains(answer.reason())) {
            return CallFailure.refused(GoogleCloudException.rateLimited(what, said), answer.retryAfter());
        }
        if (QUOTAS.contains(answer.reason())) {
            return CallFailure.last(GoogleCloudException.quotaExceeded(what, said));
        }
        if (DISABLED.contains(answer.reason())) {
            return CallFailure.last(GoogleCloudException.apiDisabled(what, said));
        }
        if (BOUNDS.contains(answer.reason())) {
            return CallFailure.last(GoogleCloudException.requestRefused(what, FORBIDDEN, said));
        }
        Matcher named = PERMISSION.matcher(said);
        return CallFailure.last(
                GoogleCloudException.accessDenied(what, named.find() ? named.group() : operation.permission(), said));
    }

    /** The token service refused, or failed to answer. */
    private CallFailure ofToken(Operation operation, Throwable thrown) {
        String what = operation.subject();
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < DEEPEST_CAUSE; depth++) {
            if (at instanceof HttpResponseException response) {
                ErrorAnswer answer = ErrorAnswer.of(response);
                if (answer.status() == TOO_MANY_REQUESTS || answer.status() >= SERVER_ERROR) {
                    return CallFailure.refused(
                            GoogleCloudException.unavailable(what + ": a new token", answer.status(), answer.said()),
                            answer.retryAfter());
                }
                return CallFailure.last(
                        ENDED.matcher(answer.said()).find()
                                ? GoogleCloudException.credentialsExpired(what, answer.said())
                                : GoogleCloudException.credentialsRefused(what, answer.said()));
            }
            at = at.getCause();
        }
        return thrown instanceof IOException failed
                ? ofConnection(new Operation(what + ": a new token", operation.resource(), "", true), failed)
                : CallFailure.last(GoogleCloudException.credentialsRefused(what, "no token could be made"));
    }

    /** No answer came, or none that can be read. */
    private CallFailure ofConnection(Operation operation, Exception thrown) {
        String what = operation.subject();
        Throwable root = root(thrown);
        return switch (root) {
            case SocketTimeoutException late ->
                CallFailure.passing(GoogleCloudException.timeout(what, readTimeout, late));
            case ConnectException refused -> connectionRefused(what, refused);
            case UnknownHostException unknown -> connectionRefused(what, unknown);
            case NoRouteToHostException far -> connectionRefused(what, far);
            case SSLHandshakeException untrusted ->
                CallFailure.last(GoogleCloudException.certificateRefused(what, untrusted));
            case SSLPeerUnverifiedException untrusted ->
                CallFailure.last(GoogleCloudException.certificateRefused(what, untrusted));
            case AllowedTransport.ForeignAddressException elsewhere ->
                CallFailure.last(GoogleCloudException.targetRefused(what, elsewhere.host()));
            case MalformedJsonException foreign ->
                CallFailure.last(GoogleCloudException.answerUnreadable(what, "it is not JSON"));
            case IOException broken -> CallFailure.passing(GoogleCloudException.unreachable(what, broken));
            default -> foreign(operation, thrown);
        };
    }

    private static CallFailure connectionRefused(String what, IOException cause) {
        return new CallFailure(
                GoogleCloudException.unreachable(what, cause), CallFailure.Repeat.ALWAYS, Optional.empty());
    }

    private static CallFailure foreign(Operation operation, Exception thrown) {
        if (thrown instanceof BaseServiceException service) {
            int status = service.getCode() > 0 ? service.getCode() : BAD_REQUEST;
            return of(operation, ErrorAnswer.of(status, service.getReason(), service.getMessage()));
        }
        // Google's parser refuses a value of another type with it.
        if (thrown instanceof IllegalArgumentException) {
            return CallFailure.last(
                    GoogleCloudException.answerUnreadable(operation.subject(), "a field has another type"));
        }
        throw thrown instanceof RuntimeException bug ? bug : new IllegalStateException(thrown);
    }

    private static Throwable root(Throwable thrown) {
        Throwable at = thrown;
        for (int depth = 0; at.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
            at = at.getCause();
        }
        return at;
    }

    private static boolean isInterrupt(Throwable thrown) {
        return Thread.currentThread().isInterrupted()
                || thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || (thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException));
    }
}

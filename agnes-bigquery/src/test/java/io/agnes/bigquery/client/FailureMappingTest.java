// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponseException;
import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.storage.StorageException;
import io.agnes.bigquery.client.Operation.Resource;
import io.agnes.core.AgnesException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureMappingTest {
    private static final Operation TABLE =
            Operation.repeatable(Resource.TABLE, "table my-project.sales.orders", "bigquery.tables.get");
    private static final FailureMapping MAPPING = new FailureMapping(Duration.ofSeconds(60));

    private static HttpResponseException answer(int status, String reason, String message) {
        GoogleJsonError.ErrorInfo info = new GoogleJsonError.ErrorInfo();
        info.setReason(reason);
        info.setMessage(message);
        GoogleJsonError error = new GoogleJsonError();
        error.setCode(status);
        error.setMessage(message);
        error.setErrors(List.of(info));
        return new GoogleJsonResponseException(new HttpResponseException.Builder(status, "", new HttpHeaders()), error);
    }

    private static CallFailure of(Exception thrown) throws InterruptedException {
        return MAPPING.of(TABLE, thrown);
    }

    /** From the tables of errors of BigQuery and Cloud Storage. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400|invalid                  |Invalid value                                      |request_refused     |REQUEST       |NEVER
            400|invalid                  |Cannot read and write in different locations       |location_wrong      |SOURCE_FINAL  |NEVER
            401|authError                |Request had invalid authentication credentials.    |credentials_refused |REQUEST       |NEVER
            401|authError                |Token has expired                                  |credentials_expired |REQUEST       |NEVER
            403|accessDenied             |Permission bigquery.tables.getData denied           |access_denied       |SOURCE_FINAL  |NEVER
            403|rateLimitExceeded        |Exceeded rate limits                               |rate_limited        |SOURCE_PASSING|ALWAYS
            403|quotaExceeded            |Quota exceeded                                     |quota_exceeded      |SOURCE_PASSING|NEVER
            403|billingNotEnabled        |Billing has not been enabled                       |api_disabled        |SOURCE_FINAL  |NEVER
            403|responseTooLarge         |Response too large to return                       |request_refused     |REQUEST       |NEVER
            404|notFound                 |Not found: Table my-project:sales.orders           |table_not_found     |SOURCE_FINAL  |NEVER
            404|notFound                 |Dataset sales was not found in location EU         |location_wrong      |SOURCE_FINAL  |NEVER
            409|duplicate                |Already Exists: Job                                |already_exists      |SOURCE_FINAL  |NEVER
            412|conditionNotMet          |At least one condition did not hold                |precondition_failed |SOURCE_PASSING|NEVER
            429|rateLimitExceeded        |Too many requests                                  |rate_limited        |SOURCE_PASSING|ALWAYS
            500|internalError            |An internal error occurred                         |source_unavailable  |SOURCE_PASSING|IF_REPEATABLE
            501|notImplemented           |No                                                 |request_refused     |REQUEST       |NEVER
            503|backendError             |Visit the Cloud Status Dashboard                   |source_unavailable  |SOURCE_PASSING|ALWAYS
            """)
    void anAnswerHasItsCode(
            int status, String reason, String message, String code, Kind kind, CallFailure.Repeat repeat)
            throws Exception {
        for (IOException thrown :
                new IOException[] {answer(status, reason, message), new IOException(answer(status, reason, message))}) {
            CallFailure failure = of(thrown);
            assertEquals(code, failure.exception().code());
            assertEquals(kind, failure.exception().kind());
            assertEquals(repeat, failure.repeat());
            assertTrue(String.valueOf(failure.exception().getMessage()).contains(TABLE.subject()));
            assertTrue(String.valueOf(failure.exception().getMessage()).contains(message)
                    || code.matches("already_exists|precondition_failed"));
        }
        assertEquals(
                code,
                of(new BigQueryException(answer(status, reason, message)))
                        .exception()
                        .code());
        assertEquals(
                code,
                of(new StorageException(answer(status, reason, message)))
                        .exception()
                        .code());
    }

    @Test
    void aRefusalNamesThePermissionThatGoogleNames() throws Exception {
        String message = String.valueOf(of(answer(
                        403,
                        "accessDenied",
                        "Access Denied: Table p:d.t: Permission bigquery.tables.getData denied on table p:d.t"))
                .exception()
                .getMessage());
        assertTrue(message.contains("permission bigquery.tables.getData is missing"), message);
    }

    @Test
    void aRefusalNamesThePermissionOfTheCallIfGoogleNamesNone() throws Exception {
        String message = String.valueOf(
                of(answer(403, "accessDenied", "Access Denied")).exception().getMessage());
        assertTrue(message.contains("permission bigquery.tables.get is missing"), message);
    }

    @Test
    void aBodyThatIsNotGooglesIsNotShown() throws Exception {
        HttpResponseException html = new HttpResponseException.Builder(502, "Bad Gateway", new HttpHeaders())
                .setContent("<html>canary</html>")
                .build();
        assertEquals(
                "table my-project.sales.orders was answered with HTTP 502: no reason given",
                of(html).exception().getMessage());
    }

    @Test
    void retryAfterCountsUpToAMinute() throws Exception {
        assertEquals(Optional.of(Duration.ofSeconds(7)), retryAfter("7"));
        assertEquals(Optional.of(Duration.ofSeconds(60)), retryAfter("86400"));
        assertEquals(Optional.empty(), retryAfter("Fri, 31 Dec 1999 23:59:59 GMT"));
        assertEquals(Optional.empty(), retryAfter("-1"));
    }

    private static Optional<Duration> retryAfter(String value) throws InterruptedException {
        HttpResponseException busy =
                new HttpResponseException.Builder(503, "", new HttpHeaders().setRetryAfter(value)).build();
        return of(busy).retryAfter();
    }

    @Test
    void aBrokenConnectionHasItsCode() throws Exception {
        assertEquals("source_timeout", code(new SocketTimeoutException("Read timed out")));
        assertEquals("source_unreachable", code(new ConnectException("Connection refused")));
        assertEquals("source_unreachable", code(new UnknownHostException("bigquery.googleapis.com")));
        assertEquals("source_unreachable", code(new SocketException("Connection reset")));
        assertEquals("certificate_refused", code(new SSLHandshakeException("PKIX path building failed")));
        assertEquals("answer_unreadable", code(new IllegalArgumentException("expected numeric type but got x")));
        assertEquals("source_unreachable", code(new BigQueryException(new SocketException("Connection reset"))));
        assertEquals("source_timeout", code(new StorageException(new SocketTimeoutException("Read timed out"))));
    }

    private static String code(Exception thrown) throws InterruptedException {
        return of(thrown).exception().code();
    }

    @Test
    void anInterruptStaysAnInterrupt() {
        assertThrows(InterruptedException.class, () -> of(new IOException(new InterruptedIOException())));
        assertThrows(InterruptedException.class, () -> of(new IllegalStateException(new InterruptedException())));
    }

    @Test
    void aBugStaysABug() {
        IllegalStateException bug = new IllegalStateException("bug");
        assertSame(bug, assertThrows(IllegalStateException.class, () -> of(bug)));
    }

    @ParameterizedTest
    @CsvSource({
        "accessDenied, access_denied",
        "notFound, table_not_found",
        "invalidQuery, request_refused",
        "quotaExceeded, quota_exceeded",
        "rateLimitExceeded, rate_limited",
        "backendError, source_unavailable",
        "internalError, source_unavailable",
        "duplicate, already_exists",
        "responseTooLarge, request_refused",
        "somethingNew, request_refused"
    })
    void theErrorOfAJobHasItsCode(String reason, String code) {
        assertEquals(code, FailureMapping.ofJob(TABLE, reason, "it failed").code());
    }
}

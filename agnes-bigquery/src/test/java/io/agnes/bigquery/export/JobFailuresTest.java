// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.cloud.bigquery.BigQueryError;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.core.AgnesException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobFailuresTest {
    @ParameterizedTest
    @CsvSource({
        "accessDenied,access_denied,SOURCE_FINAL",
        "notFound,table_not_found,SOURCE_FINAL",
        "quotaExceeded,quota_exceeded,SOURCE_PASSING",
        "rateLimitExceeded,rate_limited,SOURCE_PASSING",
        "backendError,source_unavailable,SOURCE_PASSING",
        "internalError,source_unavailable,SOURCE_PASSING",
        "stopped,export_stopped,SOURCE_PASSING",
        "bytesBilledLimitExceeded,cost_limit_exceeded,LIMIT",
        "invalidQuery,query_invalid,REQUEST",
        "resourcesExceeded,export_failed,SOURCE_FINAL"
    })
    void eachReasonHasItsCode(String reason, String code, Kind kind) {
        GoogleCloudException failure =
                JobFailures.of("table a.b.c", new BigQueryError(reason, "location", "what Google said"));
        assertEquals(code, failure.code());
        assertEquals(kind, failure.kind());
        assertTrue(failure.getMessage().contains("table a.b.c"), failure.getMessage());
        assertTrue(failure.getMessage().contains("what Google said"), failure.getMessage());
    }

    @Test
    void aCompressionThatIsNotKnownIsToldFromOtherFailures() {
        assertTrue(JobFailures.isCompression(new BigQueryError("invalid", "", "Unsupported compression: ZSTD")));
        assertFalse(JobFailures.isCompression(new BigQueryError("invalid", "", "No such table")));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Parameter;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link DataRoutes}. */
final class DataApi {
    private static final String GROUP = "Data";

    static final Endpoint CHECK = Endpoint.getAndHead("/api/data/{id}/check-access", Who.READ_TABLE)
            .takes(CommonSchemas.TABLE)
            .answers(Answer.empty(204, "The caller may read the table.")
                    .optionalHeader("X-Agnes-File", "path of the current version below the data directory, for a proxy")
                    .optionalHeader("ETag", "entity tag of the current version"))
            .refuses(ProblemCode.TABLE_ID_INVALID)
            .described(GROUP, "Tells whether the caller may read a table");

    static final Endpoint DOWNLOAD = Endpoint.getAndHead("/api/data/{id}/download", Who.READ_TABLE)
            .takes(
                    CommonSchemas.TABLE,
                    CommonSchemas.IF_NONE_MATCH,
                    Parameter.header("If-Match", "\"0123abcd\"", "412 unless one of these is the current version"),
                    Parameter.header("If-Modified-Since", "Wed, 04 Mar 2026 05:06:07 GMT", "304 if nothing is newer"),
                    Parameter.header(
                            "If-Unmodified-Since", "Wed, 04 Mar 2026 05:06:07 GMT", "412 if anything is newer"),
                    Parameter.header("Range", "bytes=0-1023", "one range; several are answered with the whole file"),
                    Parameter.header(
                            "If-Range", "\"0123abcd\"", "the version that the range is of; another is sent whole"))
            .answers(
                    file(Answer.content(200, "application/octet-stream", "The whole file.")),
                    file(Answer.content(206, "application/octet-stream", "The range."))
                            .header("Content-Range", "the bytes that are sent, and the length of the file"),
                    version(Answer.empty(304, "The client has the current version.")))
            .refuses(
                    ProblemCode.TABLE_ID_INVALID,
                    ProblemCode.NOT_PUBLISHED,
                    ProblemCode.PRECONDITION_FAILED,
                    ProblemCode.RANGE_NOT_SATISFIABLE,
                    ProblemCode.TOO_MANY_DOWNLOADS,
                    ProblemCode.VERSION_QUARANTINED,
                    ProblemCode.VERSION_UNVERIFIED)
            .described(GROUP, "Sends the current version of a table as one Parquet file");

    static final List<Endpoint> ENDPOINTS = List.of(CHECK, DOWNLOAD);

    private DataApi() {}

    private static Answer version(Answer answer) {
        return answer.header("ETag", "strong entity tag: the SHA-256 of the file")
                .header("Last-Modified", "when the version was published")
                .optionalHeader("Repr-Digest", "SHA-256 of the file, as in RFC 9530");
    }

    private static Answer file(Answer answer) {
        return version(answer).header("Accept-Ranges", "bytes").header("Content-Disposition", "a name for the file");
    }
}

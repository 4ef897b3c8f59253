// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Parameter;
import io.agnes.server.api.Schema;

/** The shapes, parameters and answers that endpoints of several groups have in common. */
final class CommonSchemas {
    static final String ID = "in.c-crm.orders";

    static final Parameter TABLE = Parameter.path("id", ID, "the id of a table");

    static final Parameter IF_NONE_MATCH = Parameter.header(
            "If-None-Match", "\"0123abcd\"", "entity tags that the client has; 304 if one of them is current");

    static final Schema COLUMNS = Schema.list(Schema.shape("Column", "A column of a table.")
            .field("name", Schema.text("order_id"), "its name")
            .field("type", Schema.text("BIGINT"), "its type in DuckDB"));

    static final Schema FRESHNESS = Schema.word("fresh", "error", "never_fetched", "quarantined");

    private CommonSchemas() {}

    /** Done, and there is nothing to say. */
    static Answer done(String description) {
        return Answer.empty(204, description);
    }
}

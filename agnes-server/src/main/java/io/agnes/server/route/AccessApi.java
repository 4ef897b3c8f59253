// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.route;

import static io.agnes.server.api.Schema.list;
import static io.agnes.server.api.Schema.number;
import static io.agnes.server.api.Schema.shape;
import static io.agnes.server.api.Schema.text;
import static io.agnes.server.api.Schema.time;
import static io.agnes.server.api.Schema.word;

import io.agnes.server.api.Answer;
import io.agnes.server.api.Endpoint;
import io.agnes.server.api.Parameter;
import io.agnes.server.api.ProblemCode;
import io.agnes.server.api.Schema;
import io.agnes.server.api.Who;
import java.util.List;

/** Describes {@link AccessRoutes}. */
final class AccessApi {
    private static final String GROUP = "Access";
    private static final Parameter USER_PARAMETER = Parameter.path("user", "anna@example.com", "the id of a user");
    private static final Parameter GROUP_PARAMETER = Parameter.path("group", "readers", "the name of a group");
    private static final Schema GROUPS = list(text("readers"));
    private static final Schema SCOPES = list(word("read", "operate", "admin", "metrics"));

    private static final Schema USER = shape("User", "A user and their groups.")
            .field("id", text("anna@example.com"), "the id")
            .field("groups", GROUPS, "every group of the user");

    static final Endpoint USERS = Endpoint.get("/api/admin/users", Who.ADMIN)
            .answers(Answer.json(
                    200, shape("Users", "Every user.").field("users", list(USER), "the users"), "Every user."))
            .described(GROUP, "Lists users and their groups");

    static final Endpoint PUT_USER = Endpoint.post("/api/admin/users", Who.ADMIN)
            .body(shape("NewUser", "A user who is a member of exactly these groups afterwards.")
                    .field("id", text("anna@example.com"), "the id")
                    .optional("groups", GROUPS.orNull(), "every group of the user; none if it is missing"))
            .answers(Answer.json(201, USER, "The user as they are now."))
            .refuses(ProblemCode.LAST_ADMINISTRATOR)
            .described(GROUP, "Adds a user, or sets the groups of one");

    static final Endpoint REMOVE_USER = Endpoint.delete("/api/admin/users/{user}", Who.ADMIN)
            .takes(USER_PARAMETER)
            .answers(CommonSchemas.done("The user is removed, with memberships and tokens."))
            .refuses(ProblemCode.USER_NOT_FOUND, ProblemCode.LAST_ADMINISTRATOR, ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Removes a user with memberships and tokens");

    static final Endpoint ALL_GROUPS = Endpoint.get("/api/admin/groups", Who.ADMIN)
            .answers(Answer.json(
                    200,
                    shape("Groups", "Every group.")
                            .field(
                                    "groups",
                                    list(shape("Group", "A group, its members and its tables.")
                                            .field("id", text("readers"), "its name")
                                            .field("members", list(text("anna@example.com")), "ids of users")
                                            .field("tables", list(text(CommonSchemas.ID)), "tables they may read")),
                                    "the groups"),
                    "Every group."))
            .described(GROUP, "Lists groups, their members and their tables");

    static final Endpoint JOIN = Endpoint.put("/api/admin/groups/{group}/members/{user}", Who.ADMIN)
            .takes(GROUP_PARAMETER, USER_PARAMETER)
            .answers(CommonSchemas.done("The user is a member."))
            .refuses(ProblemCode.USER_NOT_FOUND, ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Adds a user to a group");

    static final Endpoint LEAVE = Endpoint.delete("/api/admin/groups/{group}/members/{user}", Who.ADMIN)
            .takes(GROUP_PARAMETER, USER_PARAMETER)
            .answers(CommonSchemas.done("The user is no member."))
            .refuses(ProblemCode.LAST_ADMINISTRATOR, ProblemCode.VALIDATION_FAILED)
            .described(GROUP, "Removes a user from a group");

    private static final Schema.Shape GRANT = shape("Grant", "A group may read a table.")
            .field("group", text("readers"), "the name of the group")
            .field("table_id", text(CommonSchemas.ID), "the table");

    static final Endpoint GRANTS = Endpoint.get("/api/admin/grants", Who.ADMIN)
            .answers(Answer.json(
                    200, shape("Grants", "Every grant.").field("grants", list(GRANT), "the grants"), "Every grant."))
            .described(GROUP, "Lists grants");

    static final Endpoint ADD_GRANT = Endpoint.post("/api/admin/grants", Who.ADMIN)
            .body(GRANT)
            .answers(Answer.json(201, GRANT, "The grant."))
            .described(GROUP, "Grants a table to a group");

    static final Endpoint REVOKE_GRANT = Endpoint.delete("/api/admin/grants", Who.ADMIN)
            .body(GRANT)
            .answers(CommonSchemas.done("The group has no such grant."))
            .described(GROUP, "Revokes the grant of the body");

    private static final Schema.Shape TOKEN = shape("Token", "A token without its text.")
            .field("id", text("0123456789abcdef"), "its id")
            .field("user", text("anna@example.com"), "its user")
            .field("scopes", SCOPES, "what it allows");

    static final Endpoint TOKENS = Endpoint.get("/api/admin/tokens", Who.ADMIN)
            .answers(Answer.json(
                    200,
                    shape("Tokens", "Every token.")
                            .field(
                                    "tokens",
                                    list(TOKEN.field("created_at", time(), "when it was made")
                                            .field("expires_at", time().orNull(), "when it ends by itself")
                                            .field("revoked_at", time().orNull(), "when it was revoked")
                                            .field(
                                                    "last_used_on",
                                                    text("2026-03-04").orNull(),
                                                    "day of the last use")
                                            .field(
                                                    "last_used_from",
                                                    text("192.0.2.7").orNull(),
                                                    "address of the last use; noted once an hour")),
                                    "the tokens"),
                    "Every token, revoked ones included."))
            .described(GROUP, "Lists tokens without their text");

    static final Endpoint MINT = Endpoint.post("/api/admin/tokens", Who.ADMIN)
            .body(shape("NewToken", "A token to make.")
                    .field("user", text("anna@example.com"), "the id of a user")
                    .optional("scopes", SCOPES.orNull(), "what it allows; read if it is missing")
                    .optional(
                            "expires_days", number(90).orNull(), "days until it ends, 1 to 3660; 90 if it is missing"))
            .answers(Answer.json(
                    201,
                    shape("MintedToken", "A token with its text.")
                            .field("id", text("0123456789abcdef"), "its id")
                            .field("token", text("agn_…"), "the text to send; no later answer shows it")
                            .field("user", text("anna@example.com"), "its user")
                            .field("scopes", SCOPES, "what it allows")
                            .field("expires_at", time(), "when it ends by itself"),
                    "The token, which no later answer shows."))
            .described(GROUP, "Makes a token");

    static final Endpoint REVOKE_TOKEN = Endpoint.delete("/api/admin/tokens/{token}", Who.ADMIN)
            .takes(Parameter.path("token", "0123456789abcdef", "the id of a token"))
            .answers(CommonSchemas.done("The token is revoked."))
            .refuses(ProblemCode.TOKEN_NOT_FOUND, ProblemCode.LAST_ADMINISTRATOR)
            .described(GROUP, "Revokes a token");

    static final List<Endpoint> ENDPOINTS = List.of(
            USERS,
            PUT_USER,
            REMOVE_USER,
            ALL_GROUPS,
            JOIN,
            LEAVE,
            GRANTS,
            ADD_GRANT,
            REVOKE_GRANT,
            TOKENS,
            MINT,
            REVOKE_TOKEN);

    private AccessApi() {}
}

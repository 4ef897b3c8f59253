// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.Secret;
import io.agnes.core.TableId;
import io.agnes.server.access.AccessRows;
import io.agnes.server.access.AccessStore;
import io.agnes.server.access.AccessToken;
import io.agnes.server.access.Identity;
import io.agnes.server.access.Name;
import io.agnes.server.access.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RegistryAccessTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Name ANNA = new Name("anna");
    private static final Name READERS = new Name("readers");
    private static final Name ADA = new Name("ada");
    private static final TableId ORDERS = new TableId("orders");

    @TempDir
    private Path dir;

    private Database database;
    private AccessStore access;

    @BeforeEach
    void open() {
        database = Database.open(dir.resolve("registry.duckdb"), dir);
        access = new RegistryAccess(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void reopen() {
        close();
        open();
    }

    private List<String> audit() {
        return database.read(session -> session.query(
                "SELECT actor || ' ' || action || ' ' || subject AS line FROM audit_log ORDER BY rowid",
                row -> row.getString("line")));
    }

    @Nested
    class Users {
        @Test
        void aNewRegistryHasNoUsers() {
            assertFalse(access.userExists(ANNA));
            access.putUser(ANNA, Set.of(), ANNA, NOW);
            reopen();
            assertTrue(access.userExists(ANNA));
            assertFalse(access.userExists(new Name("Anna")));
        }

        @Test
        void noTokenIsValidBeforeOneWasMinted() {
            access.putUser(ANNA, Set.of(), ANNA, NOW);
            assertFalse(access.anyToken());
            access.mint(ANNA, EnumSet.of(Scope.READ), NOW, NOW, ANNA);
            assertTrue(access.anyToken());
        }

        @Test
        void importedRowsAreAddedToTheExistingOnesAndAuditedOnce() {
            access.putUser(ANNA, Set.of(READERS), ADA, NOW);
            AccessRows rows = new AccessRows(
                    Set.of(ANNA, ADA),
                    Set.of(READERS),
                    Set.of(new AccessRows.Member(READERS, ADA)),
                    Set.of(new AccessRows.Grant(READERS, ORDERS)));
            for (int time = 0; time < 2; time++) {
                new RegistryImport(database).add(List.of(), rows, ADA, NOW);
            }
            reopen();
            assertEquals(
                    new AccessRows(
                            Set.of(ANNA, ADA),
                            Set.of(READERS),
                            Set.of(new AccessRows.Member(READERS, ANNA), new AccessRows.Member(READERS, ADA)),
                            Set.of(new AccessRows.Grant(READERS, ORDERS))),
                    new RegistryAccess(database).rows());
            assertEquals(
                    List.of(
                            "ada user_put anna readers",
                            "ada user_put ada",
                            "ada member_added readers ada",
                            "ada granted readers orders"),
                    audit());
        }

        @Test
        void aUserIsAMemberOfExactlyTheGroupsOfTheLastTime() {
            access.grant(READERS, ORDERS, ADA, NOW);
            access.putUser(ANNA, Set.of(READERS, new Name("others")), ANNA, NOW);
            assertTrue(access.granted(ANNA, ORDERS));
            access.putUser(ANNA, Set.of(new Name("others")), ANNA, NOW);
            assertFalse(access.granted(ANNA, ORDERS));
        }
    }

    @Nested
    class Grants {
        @Test
        void oneActsAtOnceAndIsThereAfterReopening() {
            access.putUser(ANNA, Set.of(READERS), ANNA, NOW);
            assertFalse(access.granted(ANNA, ORDERS));
            access.grant(READERS, ORDERS, ADA, NOW);
            access.grant(READERS, ORDERS, ADA, NOW);
            assertTrue(access.granted(ANNA, ORDERS));
            reopen();
            assertTrue(access.granted(ANNA, ORDERS));
            assertEquals(Set.of(ORDERS), access.granted(ANNA));
            assertEquals(Set.of(), access.granted(ADA));
        }

        @Test
        void oneThatIsTakenBackIsGoneAtOnce() {
            access.putUser(ANNA, Set.of(READERS), ANNA, NOW);
            access.grant(READERS, ORDERS, ADA, NOW);
            assertTrue(access.revoke(READERS, ORDERS, ADA, NOW));
            assertFalse(access.granted(ANNA, ORDERS));
            assertFalse(access.revoke(READERS, ORDERS, ADA, NOW));
        }

        @Test
        void oneOnAnIdSaysNothingOfAnotherCase() {
            access.putUser(ANNA, Set.of(READERS), ANNA, NOW);
            access.grant(READERS, ORDERS, ADA, NOW);
            assertFalse(access.granted(ANNA, new TableId("Orders")));
        }

        @Test
        void eachOneIsAuditedWithWhoMadeIt() {
            access.grant(READERS, ORDERS, ADA, NOW);
            access.revoke(READERS, ORDERS, ADA, NOW);
            assertEquals(List.of("ada granted readers orders", "ada revoked readers orders"), audit());
        }
    }

    @Nested
    class Tokens {
        @Test
        void oneTellsWhoAndWhatForAlsoAfterReopening() {
            access.putUser(ANNA, Set.of(READERS), ANNA, NOW);
            Secret token = access.mint(ANNA, EnumSet.of(Scope.READ, Scope.OPERATE), NOW, null, ADA);
            Optional<Identity> anna =
                    Optional.of(new Identity(ANNA, AccessToken.id(token), Set.of(Scope.READ, Scope.OPERATE), false));
            assertEquals(anna, access.identify(token, NOW));
            reopen();
            assertEquals(anna, access.identify(token, NOW.plusSeconds(1_000_000_000)));
        }

        @Test
        void anAdministratorIsAMemberWithTheScopeForIt() {
            access.putUser(ADA, Set.of(Name.ADMIN_GROUP), ADA, NOW);
            access.putUser(ANNA, Set.of(new Name("admin")), ANNA, NOW);
            Secret full = access.mint(ADA, EnumSet.of(Scope.ADMIN), NOW, null, ADA);
            Secret reading = access.mint(ADA, EnumSet.of(Scope.READ), NOW, null, ADA);
            Secret other = access.mint(ANNA, EnumSet.of(Scope.ADMIN), NOW, null, ADA);
            assertTrue(access.identify(full, NOW).orElseThrow().admin());
            assertFalse(access.identify(reading, NOW).orElseThrow().admin());
            assertFalse(access.identify(other, NOW).orElseThrow().admin());
            assertFalse(access.identify(other, NOW).orElseThrow().may(Scope.ADMIN));
            access.putUser(ANNA, Set.of(Name.ADMIN_GROUP), ADA, NOW);
            access.putUser(ADA, Set.of(), ADA, NOW);
            assertFalse(access.identify(full, NOW).orElseThrow().admin());
        }

        @Test
        void oneThatExpiresIsGoodUntilThenAndNotThen() {
            access.putUser(ANNA, Set.of(), ANNA, NOW);
            Secret token = access.mint(ANNA, EnumSet.of(Scope.READ), NOW, NOW.plusSeconds(60), ADA);
            assertTrue(access.identify(token, NOW.plusSeconds(59)).isPresent());
            assertTrue(access.identify(token, NOW.plusSeconds(60)).isEmpty());
            assertTrue(access.identify(token, NOW.plusSeconds(61)).isEmpty());
        }

        @Test
        void oneThatIsRevokedIsGoneAtOnce() {
            access.putUser(ANNA, Set.of(), ANNA, NOW);
            Secret token = access.mint(ANNA, EnumSet.of(Scope.READ), NOW, null, ADA);
            Secret other = access.mint(ANNA, EnumSet.of(Scope.READ), NOW, null, ADA);
            database.write(session -> session.update(
                    "UPDATE access_token SET revoked_at = ? WHERE sha256 = ?", NOW, AccessToken.digest(token)));
            assertTrue(access.identify(token, NOW).isEmpty());
            assertTrue(access.identify(other, NOW).isPresent());
        }

        @Test
        void aTokenThatWasNotMintedIdentifiesNoUser() {
            access.putUser(ANNA, Set.of(), ANNA, NOW);
            Secret token = access.mint(ANNA, EnumSet.of(Scope.READ), NOW, null, ADA);
            for (String other : List.of(
                    token.reveal() + "x", token.reveal().substring(1), AccessToken.digest(token), "' OR 1=1 --")) {
                assertTrue(access.identify(Secret.of(other), NOW).isEmpty(), other);
            }
        }

        @Test
        void itHas256RandomBitsBehindItsPrefix() {
            String one = AccessToken.random().reveal();
            assertTrue(one.matches("agn_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}"), one);
            assertNotEquals(one, AccessToken.random().reveal());
        }

        @Test
        void noneIsWrittenDownAnywhere() throws IOException {
            access.putUser(ANNA, Set.of(READERS), ANNA, NOW);
            Secret token = access.mint(ANNA, EnumSet.allOf(Scope.class), NOW, null, ADA);
            access.identify(token, NOW);
            isNowhere(token);
            reopen();
            access.identify(token, NOW);
            isNowhere(token);
        }

        private void isNowhere(Secret token) throws IOException {
            String bare = token.reveal().substring("agn_".length());
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                    assertFalse(bytes.contains(bare), "the token is in " + file.getFileName());
                }
            }
        }
    }
}

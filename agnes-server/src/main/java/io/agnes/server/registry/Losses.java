// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.registry;

import io.agnes.core.Sha256;
import io.agnes.core.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds changes that a registry once had and lacks, and refuses to go on unless a person has accepted that loss. */
final class Losses {
    private static final int WORD_DIGITS = 8;

    private static final System.Logger LOGGER = System.getLogger(Losses.class.getName());

    private final RegistryFiles files;
    private final RecoveryOptions options;
    private final Time time;

    Losses(RegistryFiles files, RecoveryOptions options, Time time) {
        this.files = files;
        this.options = options;
        this.time = time;
    }

    /**
     * Decides about a registry that is missing together with its snapshot. Files that only belong beside a registry tell that
     * it existed; if a person has accepted that it begins anew, they are moved aside.
     *
     * @return whether the registry begins anew though it existed
     * @throws RegistryException if it existed and the loss is not accepted
     */
    boolean acceptedAsNew(Optional<History> history) throws IOException {
        boolean journaled = Files.exists(files.journal());
        boolean logged = Files.exists(files.log());
        if (history.isEmpty() && !journaled && !logged && !options.besideVersions()) {
            return false;
        }
        String word = word("missing", history.map(History::lineage).orElse(""));
        if (!options.acceptedLoss().equals(word)) {
            throw RegistryException.missing(files.registry(), history.map(History::sequence), word);
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "registry " + files.registry() + " begins anew and empty, as was accepted");
        for (Path left : List.of(files.journal(), files.log())) {
            if (Files.exists(left)) {
                PrivateFiles.setAside(files.store(), left, time.now());
            }
        }
        files.store().delete(files.history());
        return true;
    }

    /**
     * Decides about a registry that was opened.
     *
     * @return whether it lacks changes, which is accepted
     * @throws RegistryException if it lacks changes and that is not accepted
     */
    boolean accepted(Optional<Position> found, boolean journaled, Optional<History> history) {
        if (found.isEmpty()) {
            return false;
        }
        Position position = found.get();
        String at = position.lineage() + " " + position.sequence();
        if (history.isPresent() && !history.get().lineage().equals(position.lineage())) {
            String word = word("other", at + " " + history.get().lineage());
            return accepted(word, RegistryException.replaced(files.registry(), files.history(), word));
        }
        if (history.isPresent() && position.sequence() < history.get().sequence()) {
            long last = history.get().sequence();
            String word = word("older", at + " " + last);
            return accepted(word, RegistryException.older(files.registry(), position.sequence() + 1, last, word));
        }
        // Before its first change is acknowledged a registry has a journal.
        if (!journaled && (history.isPresent() || position.sequence() > 0)) {
            String word = word("journal", at);
            return accepted(
                    word,
                    RegistryException.journalMissing(files.registry(), files.journal(), position.sequence(), word));
        }
        return false;
    }

    private boolean accepted(String word, RegistryException loss) {
        if (!options.acceptedLoss().equals(word)) {
            throw loss;
        }
        LOGGER.log(System.Logger.Level.WARNING, "accepted: " + loss.getMessage());
        return true;
    }

    /** Names one loss and no other, so that a word that stays in a settings file accepts nothing later. */
    private static String word(String kind, String what) {
        return Sha256.hex(kind + " " + what).substring(0, WORD_DIGITS);
    }
}

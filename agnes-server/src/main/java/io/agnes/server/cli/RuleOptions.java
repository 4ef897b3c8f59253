// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.parquet.MergeRules;
import picocli.CommandLine.Option;

/** The options that waive rules of a merge. */
final class RuleOptions {
    @Option(
            names = "--ignore-created-by",
            description = {
                "copy files of different writers (created_by). Of several versions of one program the oldest is named in"
                        + " OUT, of several programs none; a note lists them and what that means for readers."
            })
    private boolean anyWriter;

    @Option(
            names = "--force",
            description = {
                "copy row groups however small or many they are, with a note. Waives that rule alone: schema, writer,"
                        + " damage and encryption decide as ever."
            })
    private boolean force;

    MergeRules rules() {
        MergeRules rules = MergeRules.standard();
        rules = anyWriter ? rules.withAnyWriter() : rules;
        return force ? rules.withSmallRowGroups() : rules;
    }
}

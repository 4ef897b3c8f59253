// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.core.parquet.MergeRules;
import picocli.CommandLine.Option;

/** The options that waive rules of a merge. */
final class RuleOptions {
    @Option(
            names = "--ignore-created-by",
            description = {
                "copy files of different writers (created_by). OUT names the oldest version of one program, and no"
                        + " writer for several programs; a note lists the writers and the consequences for readers."
            })
    private boolean anyWriter;

    @Option(
            names = "--force",
            description = {
                "copy row groups of any size and number, with a note. Waives only that rule: schema, writer, damage and"
                        + " encryption are still checked."
            })
    private boolean force;

    MergeRules rules() {
        MergeRules rules = MergeRules.standard();
        rules = anyWriter ? rules.withAnyWriter() : rules;
        return force ? rules.withSmallRowGroups() : rules;
    }
}

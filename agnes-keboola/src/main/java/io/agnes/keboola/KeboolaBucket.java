// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.util.OptionalLong;

/**
 * A bucket of a project.
 *
 * @param id such as {@code in.c-crm}
 * @param displayName its name for people
 * @param description may be empty
 * @param backend such as {@code snowflake}; empty if Keboola does not say
 * @param linked whether it belongs to another project
 * @param rows of all tables, as Keboola counts them
 * @param bytes of all tables, as Keboola counts them
 */
public record KeboolaBucket(
        String id,
        String displayName,
        String description,
        String backend,
        boolean linked,
        OptionalLong rows,
        OptionalLong bytes) {}

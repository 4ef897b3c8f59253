// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.version;

import io.agnes.core.TableId;
import java.time.Instant;

/**
 * Content in a {@link VersionStore}, as a listing shows it.
 *
 * @param name the name it was stored under
 * @param table whose version it is, as its name says
 * @param sequence of the version, as its name says
 * @param quarantined whether it was put into quarantine
 * @param modified the time of last change
 */
public record StoredVersion(String name, TableId table, long sequence, boolean quarantined, Instant modified) {}

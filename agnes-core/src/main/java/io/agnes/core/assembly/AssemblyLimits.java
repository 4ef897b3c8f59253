// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.Time;
import io.agnes.core.file.DiskSpace;
import io.agnes.core.work.Permits;

/**
 * What the assemblies of one connector share.
 *
 * @param partsAtOnce parts that one assembly reads at the same time
 * @param downloads bounds how many parts are downloaded at the same time for all assemblies
 * @param space is asked before a download begins
 * @param time by which rates are measured
 */
public record AssemblyLimits(int partsAtOnce, Permits downloads, DiskSpace space, Time time) {}

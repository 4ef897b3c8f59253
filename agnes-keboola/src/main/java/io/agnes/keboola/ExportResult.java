// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.file.FileDigests;
import java.util.List;

/**
 * The result of an export.
 *
 * @param rows counted from the file, not taken from Keboola
 * @param digests of the file that the settings ask for, with its length
 * @param fileType of the slices
 * @param slices their number
 * @param notes what was done differently from what was asked, in sentences for people
 */
public record ExportResult(long rows, FileDigests digests, ExportFileType fileType, int slices, List<String> notes) {}

// SPDX-License-Identifier: Apache-2.0
/** A program of a few lines: one table out of Keboola. */
module io.agnes.samples.export {
    requires io.agnes.keboola;
}

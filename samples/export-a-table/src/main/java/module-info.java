// SPDX-License-Identifier: Apache-2.0
/** A small program that exports one table from Keboola. */
module io.agnes.samples.export {
    requires io.agnes.keboola;
}

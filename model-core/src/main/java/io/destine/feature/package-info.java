/**
 * Fields, vocabularies and encoded rows: everything between a raw record and the ids that a network
 * takes.
 */
package io.destine.feature;

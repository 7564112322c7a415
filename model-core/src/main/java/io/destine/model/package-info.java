/** The network as one thing: its configuration, its fields, its parameter layout. */
package io.destine.model;

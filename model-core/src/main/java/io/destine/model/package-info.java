/** The network as one object: its configuration, its fields, its parameter layout. */
package io.destine.model;

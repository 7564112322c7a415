/**
 * Low-level operations on numbers: conversion of arrays between precisions, prefetching, and
 * whether the JVM has the Vector API. Independent of parameters and networks.
 */
package io.destine.numeric;

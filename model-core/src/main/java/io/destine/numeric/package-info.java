/**
 * Low-level operations on numbers: conversion of arrays between precisions, prefetching, and
 * detection of the Vector API. Independent of parameters and networks.
 */
package io.destine.numeric;

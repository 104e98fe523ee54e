"""Providers of images, layers, stages and build contexts, for custom rules."""

load("//rules/private/providers:build_context_info.bzl", _BuildContextInfo = "BuildContextInfo")
load("//rules/private/providers:image_index_info.bzl", _ImageIndexInfo = "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", _ImageInfo = "ImageInfo")
load("//rules/private/providers:layer_info.bzl", _LayerInfo = "LayerInfo")
load("//rules/private/providers:stage_info.bzl", _StageInfo = "StageInfo")

BuildContextInfo = _BuildContextInfo
ImageIndexInfo = _ImageIndexInfo
ImageInfo = _ImageInfo
LayerInfo = _LayerInfo
StageInfo = _StageInfo

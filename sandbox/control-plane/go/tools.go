//go:build tools

// Package tools pins the programs of a real control plane, so that go.sum vouches for each.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "istio.io/api/label"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)

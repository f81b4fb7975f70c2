//go:build tools

// Package tools pins the real mesos-go client whose example scheduler and executor the tests run unmodified.
package tools

import (
	_ "github.com/mesos/mesos-go/api/v1/cmd/example-executor"
	_ "github.com/mesos/mesos-go/api/v1/cmd/example-scheduler"
)

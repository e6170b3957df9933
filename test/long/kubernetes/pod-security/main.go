// Reads pods as a list of JSON and writes what of them the restricted policy of Kubernetes's Pod Security Standards refuses.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	var pods []corev1.Pod
	if err := json.NewDecoder(os.Stdin).Decode(&pods); err != nil {
		fail(err)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		fail(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	refused := false
	for i := range pods {
		results := evaluator.EvaluatePod(restricted, &pods[i].ObjectMeta, &pods[i].Spec)
		if aggregate := policy.AggregateCheckResults(results); !aggregate.Allowed {
			refused = true
			fmt.Printf("%s: %s\n", pods[i].Name, aggregate.ForbiddenDetail())
		}
	}
	if refused {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

// Command cluster answers, with Kubernetes' own code, how an API server reads YAML and judges custom resources.
//
// It reads one JSON object a line and writes one a line:
//
//	{"yaml": TEXT}              -> {"json": VALUE}, and {"error": REASON} when it is refused, for keys given twice too
//	{"crd": CRD}                -> {"faults": [...]}: what is wrong with the definition (apiextensions v1)
//	{"crd": CRD, "object": CR}  -> {"faults": [...]}: what is wrong with the object, as "type path"
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

type question struct {
	Yaml   *string         `json:"yaml"`
	Crd    json.RawMessage `json:"crd"`
	Object json.RawMessage `json:"object"`
}

type answer struct {
	JSON   json.RawMessage `json:"json,omitempty"`
	Faults []string        `json:"faults"`
	Error  string          `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			_ = out.Encode(answer{Error: err.Error()})
			continue
		}
		_ = out.Encode(reply(q))
	}
}

func reply(q question) answer {
	if q.Yaml != nil {
		value, err := yaml.YAMLToJSON([]byte(*q.Yaml))
		if err != nil {
			return answer{Error: err.Error()}
		}
		if _, err := yaml.YAMLToJSONStrict([]byte(*q.Yaml)); err != nil {
			return answer{JSON: value, Error: err.Error()}
		}
		return answer{JSON: value}
	}
	var external v1.CustomResourceDefinition
	if err := json.Unmarshal(q.Crd, &external); err != nil {
		return answer{Faults: []string{"unreadable: " + err.Error()}}
	}
	v1.SetDefaults_CustomResourceDefinition(&external)
	v1.SetDefaults_CustomResourceDefinitionSpec(&external.Spec)
	var crd apiextensions.CustomResourceDefinition
	if err := v1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&external, &crd, nil); err != nil {
		return answer{Error: err.Error()}
	}
	if len(q.Object) == 0 {
		return answer{Faults: named(crdvalidation.ValidateCustomResourceDefinition(context.Background(), &crd))}
	}
	var object map[string]interface{}
	if err := utiljson.Unmarshal(q.Object, &object); err != nil {
		return answer{Error: err.Error()}
	}
	return judge(&crd, object)
}

// judge does what the API server does on create: prune, default, validate.
func judge(crd *apiextensions.CustomResourceDefinition, object map[string]interface{}) answer {
	props, err := apiextensions.GetSchemaForVersion(crd, crd.Spec.Versions[0].Name)
	if err != nil {
		return answer{Error: err.Error()}
	}
	structural, err := schema.NewStructural(props.OpenAPIV3Schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	faults := []string{}
	for _, path := range pruning.PruneWithOptions(object, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		faults = append(faults, "unknown "+path)
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, structural)
	defaulting.Default(object, structural)
	validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
	if err != nil {
		return answer{Error: err.Error()}
	}
	faults = append(faults, named(validation.ValidateCustomResource(nil, object, validator))...)
	faults = append(faults, named(objectmeta.Validate(nil, object, structural, false))...)
	faults = append(faults, named(listtype.ValidateListSetsAndMaps(nil, structural, object))...)
	return answer{Faults: faults}
}

func named(list field.ErrorList) []string {
	faults := []string{}
	for _, one := range list {
		faults = append(faults, one.Error())
	}
	return faults
}

{{- define "lambda-ext-proc.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "lambda-ext-proc.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.selector" -}}
app.kubernetes.io/name: {{ include "lambda-ext-proc.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "lambda-ext-proc.labels" -}}
{{ include "lambda-ext-proc.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "lambda-ext-proc.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.configMap" -}}
{{- default (printf "%s-policies" (include "lambda-ext-proc.fullname" .)) .Values.existingConfigMap }}
{{- end }}

{{- define "lambda-ext-proc.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "lambda-ext-proc.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.tlsSecret" -}}
{{- default (printf "%s-tls" (include "lambda-ext-proc.fullname" .)) .Values.tls.secretName }}
{{- end }}

{{- define "lambda-ext-proc.policies" -}}
{{- if kindIs "string" .Values.policies -}}
{{ .Values.policies }}
{{- else -}}
{{ toYaml .Values.policies }}
{{- end }}
{{- end }}

{{- define "lambda-ext-proc.proxyGroup" -}}
{{- if kindIs "invalid" .Values.sidecar.proxyGroup }}
{{- eq .Values.sidecar.target "envoy-gateway" | ternary 65532 1337 }}
{{- else }}
{{- .Values.sidecar.proxyGroup }}
{{- end }}
{{- end }}
